"""Detects speech: WebRTC's voice activity detector, smoothed.

Reads its own stream at 16 kHz, so the spans do not depend on the audio that
is stored.
"""

import dataclasses
import os

from tfrecords_tools.media.audio import audio_reader

RATE = 16_000  # Sample rate of the detector, Hz.
_STEP = 30_000  # Microseconds a decision.
_STRICTNESS = 2  # 0 detects most speech, 3 has fewest false alarms.
_PAUSE = 300_000  # A shorter silence belongs to the speech around it.
_LEAST = 150_000  # Shorter speech is a click or a cough.
_WARM_UP = 1_000_000  # The detector learns the noise before the clip.


class Voice:
    """The spoken spans of one clip; use it in a `with` statement.

    Raises:
        VideoError: as of `audio_reader.AudioReader`.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        config: audio_reader.Config,
        max_pixels: int,
        start: int = 0,
    ) -> None:
        """Opens a video.

        Args:
            path: a local video file.
            config: which track, and whether denoised; `rate` does not
                matter.
            max_pixels: videos with larger frames are refused.
            start: start of the clip, microseconds.
        """
        import webrtcvad  # Only needed with --audio.voice.

        self._detector = webrtcvad.Vad(_STRICTNESS)
        # Steps are counted from the video's start, whatever the clip.
        self._heard = max(0, start - _WARM_UP) // _STEP * _STEP
        config = dataclasses.replace(config, rate=RATE)
        self._audio = audio_reader.AudioReader(
            path, config, max_pixels, self._heard
        )
        self._runs: list[list[int]] = []

    def __enter__(self) -> "Voice":
        return self

    def __exit__(self, *failure: object) -> None:
        self._audio.__exit__()

    def spans(self, start: int, end: int) -> list[tuple[int, int]]:
        """Returns the speech within [start, end); call in order of time.

        Args:
            start: microseconds from the container's start.
            end: exclusive.

        Returns:
            Starts and ends in microseconds, rising, cut to the span.
        """
        # Speech at `end` depends on what follows.
        while self._audio.present and self._heard < end + _PAUSE + _LEAST:
            self._hear()
        self._runs = [run for run in self._runs if run[1] + _PAUSE >= start]
        return [
            (max(start, begin), min(end, stop))
            for begin, stop in _joined(self._runs)
            if begin < end and stop > start
        ]

    def _hear(self) -> None:
        begin, self._heard = self._heard, self._heard + _STEP
        samples = self._audio.take(begin, self._heard)
        pcm = (samples * 32767).astype("<i2").tobytes()
        if not self._detector.is_speech(pcm, RATE):
            return
        if self._runs and self._runs[-1][1] == begin:
            self._runs[-1][1] = self._heard
        else:
            self._runs.append([begin, self._heard])


def _joined(runs: list[list[int]]) -> list[list[int]]:
    """Joins runs across short pauses; drops runs that are too short."""
    joined: list[list[int]] = []
    for begin, stop in runs:
        if stop - begin < _LEAST:
            continue
        if joined and begin - joined[-1][1] <= _PAUSE:
            joined[-1][1] = stop
        else:
            joined.append([begin, stop])
    return joined
