"""Reads the audio of one clip beside its frames, on the same clock.

Sample k of a video is at k / rate seconds from the container's start. Where
the file has no audio, samples are zero, so audio and frames stay in sync.
"""

import dataclasses
import math
import os
from collections.abc import Iterator

import numpy as np

from tfrecords_tools.base import errors, settings
from tfrecords_tools.media.audio import audio_filters, audio_track

# Before the clip, so that filters have settled when it begins.
_LEAD_SECONDS = 0.5
_SPARE_SECONDS = 0.1  # Less than this missing is not worth a note.


@dataclasses.dataclass(frozen=True)
class Config:
    """Which audio is stored, and how."""

    rate: int | None = settings.setting(
        None,
        "Sample rate of the stored mono audio, Hz; unset: no audio is stored.",
        minimum=1000,
        maximum=384_000,
    )
    track: int | None = settings.setting(
        None,
        "Audio track, counted from 0 (among those in --audio.language if "
        "that is set); unset: the main track of the file.",
        minimum=0,
    )
    language: str | None = settings.setting(
        None,
        "Language of the audio track, as the file names it: eng, deu (ISO "
        "639). A file without such a track fails.",
    )
    denoise: bool = settings.setting(
        False, "Remove steady noise (FFmpeg's afftdn)."
    )
    voice: bool = settings.setting(False, "Store the spans of speech.")

    def __post_init__(self) -> None:
        if self.rate or self.voice:
            return
        for name in ("track", "language", "denoise"):
            value = getattr(self, name)
            if value not in (None, False):
                raise errors.UserError(
                    f"--audio.{name}={value} without audio to read: add "
                    "--audio.rate or --audio.voice, or remove it"
                )


class AudioReader:
    """Reads the audio of one clip; use it in a `with` statement.

    Attributes:
        present: whether the video has decodable audio.
        filled_seconds: of what was taken, how much is zeros because the file
            holds nothing there.

    Raises:
        VideoError: it is not a video, or lacks the requested track
            (status no_track).
    """

    def __init__(
        self,
        path: str | os.PathLike,
        config: Config,
        max_pixels: int,
        start: int = 0,
    ) -> None:
        """Opens a video.

        Args:
            path: a local video file.
            config: which audio; `rate` must be set.
            max_pixels: videos with larger frames are refused.
            start: start of the clip, microseconds.
        """
        self._config, self._rate = config, config.rate
        self._track = audio_track.AudioTrack(
            path, max_pixels, config.track, config.language
        )
        self.present = self._track.present
        self._gaps: list[tuple[float, float]] = []  # In samples given.
        self._filled = self._taken = self._place = 0
        self._block = np.zeros(0, np.float32)
        self._blocks: Iterator[np.ndarray] = iter(())
        if self.present:
            self._begin(start)
        else:
            self._gaps.append((0, math.inf))

    def __enter__(self) -> "AudioReader":
        return self

    def __exit__(self, *failure: object) -> None:
        self._track.__exit__()

    @property
    def filled_seconds(self) -> float:
        """Seconds of zeros that stand for missing audio, so far."""
        return self._filled / self._rate

    @property
    def note(self) -> str:
        """A remark for the report; empty if all is well."""
        if not self.present:
            return self._track.why_absent
        missing = self.filled_seconds
        if missing < _SPARE_SECONDS:
            return ""
        return f"{missing:.2f} s of audio missing"

    def take(self, start: int, end: int) -> np.ndarray:
        """Returns the audio of a span; spans must be in order of time.

        Args:
            start: microseconds, not before the clip's start.
            end: exclusive.

        Returns:
            float32 [round(end * rate) - round(start * rate)], in [-1, 1].

        Raises:
            ValueError: the span begins before the last one ended.
        """
        first, last = (round(t * self._rate / 1e6) for t in (start, end))
        if first < self._taken:
            raise ValueError(f"audio from {start} us on was already taken")
        self._taken = last
        samples = np.zeros(last - first, np.float32)
        while True:
            low = max(first, self._place)
            high = min(last, self._place + len(self._block))
            if low < high:
                part = self._block[low - self._place : high - self._place]
                samples[low - first : high - first] = part
            if self._place + len(self._block) >= last or not self._advance():
                break
        self._count_filled(first, last)
        return samples

    def _advance(self) -> bool:
        following = next(self._blocks, None)
        if following is not None:
            self._place += len(self._block)
            self._block = np.nan_to_num(following).clip(-1, 1)
        return following is not None

    def _count_filled(self, first: int, last: int) -> None:
        for low, high in self._gaps:
            self._filled += max(0, min(high, last) - max(low, first))
        self._gaps = [gap for gap in self._gaps if gap[1] > last]

    def _begin(self, start: int) -> None:
        source, rate = self._track.rate, self._rate
        # Sample `origin` of the track falls on a sample that is given.
        step = source // math.gcd(source, rate)
        lead = int(start * source / 1e6 - _LEAD_SECONDS * source)
        origin = max(0, lead) // step * step
        filters = [("aresample", str(rate))]
        late = 0
        if self._config.denoise:
            filters.append(("afftdn", ""))
            late = 2 * (rate // 80)  # Windows of 3/80 s in steps of 1/80 s.
        self._place = origin * rate // source - late
        chain = audio_filters.Chain(filters, source)
        self._blocks = self._resampled(chain, origin)

    def _resampled(
        self, chain: audio_filters.Chain, origin: int
    ) -> Iterator[np.ndarray]:
        """Yields the filtered samples of the track."""
        for samples in self._filled_up(origin):
            yield from chain.push(samples)
        spare = int(_SPARE_SECONDS * self._track.rate)
        yield from chain.push(np.zeros(spare, np.float32))
        yield from chain.push_frame(None)

    def _filled_up(self, place: int) -> Iterator[np.ndarray]:
        """The track's samples from `place` on; zeros where there are none."""
        source, scale = self._track.rate, self._rate / self._track.rate
        for block in self._track.blocks(place):
            samples = block.samples[max(0, place - block.place) :]
            if not len(samples):
                continue
            gap = max(0, block.place - place)
            if gap:
                self._gaps.append((place * scale, (place + gap) * scale))
            for left in range(gap, 0, -source):
                yield np.zeros(min(left, source), np.float32)
            yield samples
            place += gap + len(samples)
        self._gaps.append((place * scale, math.inf))
