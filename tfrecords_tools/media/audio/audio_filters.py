"""Runs audio through FFmpeg's filters: any layout in, mono float32 out."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np

# Weights add up to 1, so that full scale stays full scale: (L + R) / 2, and
# for 5.1 those of ITU-R BS.775.
_TO_MONO = "out_sample_fmt=fltp:ochl=mono:rematrix_maxval=1"


class Chain:
    """A chain of filters for a stream of audio."""

    def __init__(
        self,
        filters: list[tuple[str, str]],
        rate: int,
        format: str = "fltp",
        layout: str = "mono",
    ) -> None:
        """Connects the filters.

        Args:
            filters: names and arguments, in order.
            rate: sample rate of the input.
            format: FFmpeg's name of its sample format.
            layout: FFmpeg's name of its channels.

        Raises:
            av.FFmpegError: FFmpeg cannot connect them.
        """
        self._rate = rate
        self._graph = av.filter.Graph()
        self._graph.threads = 1
        node = self._source = self._graph.add_abuffer(
            sample_rate=rate,
            format=format,
            layout=layout,
            time_base=Fraction(1, rate),
        )
        for name, arguments in [*filters, ("abuffersink", "")]:
            following = self._graph.add(name, arguments)
            node.link_to(following)
            node = following
        self._sink = node
        self._graph.configure()

    def push(self, samples: np.ndarray) -> Iterator[np.ndarray]:
        """Feeds mono float32 [n]; yields the filtered float32 [m]."""
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples, np.float32)[None], "fltp", "mono"
        )
        frame.sample_rate = self._rate
        return self.push_frame(frame)

    def push_frame(self, frame: Any) -> Iterator[np.ndarray]:
        """Feeds an `av.AudioFrame`; None ends the audio."""
        self._source.push(frame)
        while True:
            try:
                yield self._sink.pull().to_ndarray()[0]
            except (av.error.BlockingIOError, av.error.EOFError):
                return


class Mixer:
    """Mixes decoded frames to mono at one rate; their format may change."""

    def __init__(self, rate: int) -> None:
        """Sets the sample rate of the output."""
        self._rate = rate
        self._kind: tuple[str, str, int] | None = None
        self._chain: Chain | None = None

    def mix(self, frame: Any) -> Iterator[np.ndarray]:
        """Converts an `av.AudioFrame` to mono float32 [n] blocks."""
        kind = frame.format.name, frame.layout.name, frame.sample_rate
        if kind != self._kind:
            format, layout, rate = kind
            filters = [("aresample", f"{self._rate}:{_TO_MONO}")]
            self._chain = Chain(filters, rate, format, layout)
            self._kind = kind
        frame.pts = None  # Places are counted outside.
        return self._chain.push_frame(frame)
