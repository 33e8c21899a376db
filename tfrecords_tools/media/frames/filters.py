"""Runs FFmpeg's video filters over decoded frames, one out for one in.

Filters receive coded frames, not yet upright. Times, display matrix, colour
tags and the damage flag stay with their frame.
"""

import collections
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import av
import av.filter

from tfrecords_tools.base import errors
from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import timed_frames

# Microseconds before a span that temporal filters see too; decoding may begin
# long before, and nlmeans costs 50 times as much as decoding.
WARM_UP = 500_000
_UNSAID = 2  # Of a colour space, ITU-T H.273.


class _Kind(NamedTuple):
    """Properties of frames that a filter graph is built for."""

    width: int
    height: int
    pixels: str
    color_space: int
    color_range: int


def require_notes(remedy: str) -> None:
    """Raises UserError if PyAV does not expose metadata of filters.

    Args:
        remedy: for the message.
    """
    if not hasattr(av.VideoFrame, "metadata"):
        raise errors.UserError(
            f"got PyAV {av.__version__}, which hides metadata of "
            f"filters, wanted 18, for Python 3.11 and later: {remedy}"
        )


def require(name: str, remedy: str) -> None:
    """Raises UserError with the remedy if FFmpeg lacks a filter."""
    if name not in av.filter.filters_available:
        raise errors.UserError(
            f"FFmpeg has no filter {name!r} in this build of PyAV "
            f"{av.__version__}: {remedy}"
        )


def apply(
    decoded: Iterator[timed_frames.TimedFrame],
    filters: Sequence[str],
    start: int = 0,
) -> Iterator[timed_frames.TimedFrame]:
    """Filters frames, with one thread.

    Args:
        decoded: in order of time, as of `timed_frames.decode`.
        filters: `name` or `name=options` in FFmpeg's words, in order; each
            gives one frame for one.
        start: microseconds; frames long before it are left out.

    Yields:
        Each frame with its time and its filtered frame.

    Raises:
        UserError: a filter is unknown or refuses its options.
    """
    return _filtered(decoded, filters, start) if filters else decoded


def _filtered(
    decoded: Iterator[timed_frames.TimedFrame],
    filters: Sequence[str],
    start: int,
) -> Iterator[timed_frames.TimedFrame]:
    graph = None
    try:
        for timed in decoded:
            if timed.end_time <= start - WARM_UP:
                continue
            kind = _kind_of(timed.frame)
            if graph is None or graph.kind != kind:
                if graph is not None:
                    yield from graph.put(None)
                graph = _Graph(kind, filters, timed.frame.time_base)
            yield from graph.put(timed)
    except video_file.VideoError:
        # What came before the fault is still good.
        if graph is not None:
            yield from graph.put(None)
        raise
    if graph is not None:
        yield from graph.put(None)


class _Graph:
    """A chain of filters for frames of one kind."""

    def __init__(
        self, kind: _Kind, filters: Sequence[str], time_base: Any
    ) -> None:
        self.kind = kind
        self._filters = ",".join(filters)
        self._waiting: collections.deque[timed_frames.TimedFrame] = (
            collections.deque()
        )
        self._graph = av.filter.Graph()
        self._graph.threads = 1  # Workers are as many as cores already.
        source = self._graph.add(
            "buffer",
            f"video_size={kind.width}x{kind.height}:pix_fmt={kind.pixels}:"
            f"time_base={time_base}:colorspace={kind.color_space}:"
            f"range={kind.color_range}",
        )
        try:
            nodes = [self._node(each) for each in filters]
            sink = self._graph.add("buffersink")
            self._graph.link_nodes(source, *nodes, sink).configure()
        except (av.FFmpegError, ValueError) as error:
            raise self._refusal(error) from error

    def put(
        self, timed: timed_frames.TimedFrame | None
    ) -> Iterator[timed_frames.TimedFrame]:
        """Feeds a frame, or the end; yields the filtered frames."""
        if timed is not None:
            self._waiting.append(timed)
        try:
            self._graph.vpush(timed and timed.frame)
            while True:
                frame = self._graph.vpull()
                if not self._waiting:
                    raise ValueError("more frames come out than go in")
                yield _restored(self._waiting.popleft(), frame)
        except (av.error.BlockingIOError, av.error.EOFError):
            pass  # It needs more input, or has ended.
        except (av.FFmpegError, ValueError) as error:
            raise self._refusal(error) from error
        if timed is None and self._waiting:
            raise self._refusal("fewer frames come out than go in")

    def _node(self, text: str) -> Any:
        name, _, options = text.partition("=")
        require(name, "use another one")
        return self._graph.add(name, options or None)

    def _refusal(self, reason: Exception | str) -> errors.UserError:
        kind = self.kind
        return errors.UserError(
            f"FFmpeg's filters {self._filters!r} refuse frames of "
            f"{kind.width}x{kind.height}, {kind.pixels}: "
            f"{getattr(reason, 'strerror', None) or reason}"
        )


def _kind_of(frame: Any) -> _Kind:
    return _Kind(
        frame.width,
        frame.height,
        frame.format.name,
        int(frame.colorspace),
        int(frame.color_range),
    )


def _restored(
    timed: timed_frames.TimedFrame, frame: Any
) -> timed_frames.TimedFrame:
    """Puts the filtered frame in place; keeps the tag of its matrix."""
    before = timed.frame
    if not before.format.is_rgb and frame.colorspace == _UNSAID:
        frame.colorspace = before.colorspace
    return timed._replace(frame=frame)
