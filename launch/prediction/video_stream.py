"""Runs an exported stream on a live video: one prediction per chunk.

The video is a file or a pipe, such as from a camera. Frames are sampled at the
rate of the training clips.
"""

import collections
import os
import pathlib
import stat
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from launch.serving import loaded_model
from pipelines.decoding import frame_decoding
from tfrecords_tools.base import errors
from tfrecords_tools.media import live_frames, live_video, reader

_MAX_DELAYS = 100_000  # Delays kept; a stream may be endless.


class Answer(NamedTuple):
    """The prediction after a chunk.

    Attributes:
        start_seconds: time of the first frame since the last reset.
        end_seconds: time of the last frame.
        scores: float32 [classes], over all frames in between.
        delay_seconds: from requesting the chunk's last frame to its
            prediction, without waiting for a pipe.
    """

    start_seconds: float
    end_seconds: float
    scores: np.ndarray
    delay_seconds: float


class StreamPredictor:
    """Predicts while a video arrives.

    Attributes:
        frames: read so far.
        answers: predictions so far.
    """

    def __init__(
        self,
        model: loaded_model.LoadedModel,
        path: str,
        reset_seconds: float | None = None,
    ):
        """Sets up the stream and warms up the model.

        Args:
            model: exported with a stream.
            path: a file, a FIFO, or "-" for standard input.
            reset_seconds: period after which the states are reset; None for
                never.

        Raises:
            UserError: the model has no stream, or standard input is a
                terminal.
        """
        if path == live_video.STDIN and sys.stdin.isatty():
            raise errors.UserError(
                "--videos=-, but nothing is piped in: wanted a video, such "
                "as from `ffmpeg ... -f mpegts - |`, or a file"
            )
        self.frames = self.answers = 0
        self._path, self._session = path, model.stream()
        self._chunk, self._clip = (
            model.metadata.stream.frames,
            model.metadata.clip,
        )
        self._media, self._reset_seconds = (
            model.metadata.media,
            reset_seconds,
        )
        self._delays: collections.deque = collections.deque(maxlen=_MAX_DELAYS)
        self._busy = self._first = self._last = 0.0
        self._start: float | None = None
        self._pixels: list[np.ndarray] = []
        # Warm-up: the first call is slow for any frame size.
        self._session.scores(np.zeros((1, self._chunk, 64, 64, 3), np.uint8))

    def predict(self) -> Iterator[Answer]:
        """Yields one prediction per chunk until the video ends.

        Raises:
            UserError: the video cannot be read.
        """
        with live_video.LiveVideo(self._path, self._media.max_pixels) as video:
            for frame, taken in self._timed(video):
                began = time.perf_counter()
                scores = self._add(frame)
                taken += time.perf_counter() - began
                self._busy += taken
                if scores is not None:
                    self.answers += 1
                    self._delays.append(taken)
                    yield Answer(self._start, self._last, scores, taken)

    def _add(self, frame: reader.Frame) -> np.ndarray | None:
        """Adds a frame; the scores if the chunk is full."""
        seconds = frame.time / 1e6
        if self.frames == 0:
            self._first = seconds
        if self._start is None or self._is_over(seconds):
            self._session.reset()
            self._start, self._pixels = seconds, []
        self.frames, self._last = self.frames + 1, seconds
        jpeg = tf.constant([frame.data])
        self._pixels.append(frame_decoding.decode_clip(jpeg)[0].numpy())
        if len(self._pixels) < self._chunk:
            return None
        chunk, self._pixels = np.stack(self._pixels)[None], []
        return self._session.scores(chunk)[0]

    def summary(self) -> dict[str, Any]:
        """Frames, delays, and whether prediction keeps up with the video."""
        period = (self._last - self._first) / max(1, self.frames - 1)
        covered = period * self.frames
        speed = covered / self._busy if self._busy and covered else None
        delays = np.array(self._delays) if self._delays else np.array([np.nan])
        p50, p95 = np.percentile(delays, (50, 95))
        return {
            "frames": self.frames,
            "answers": self.answers,
            "seconds": self._last - self._first,
            "delay_p50_seconds": float(p50) if self._delays else None,
            "delay_p95_seconds": float(p95) if self._delays else None,
            "times_real_time": speed,
            "keeps_up": speed is not None and speed >= 1,
        }

    def _timed(
        self, video: live_video.LiveVideo
    ) -> Iterator[tuple[reader.Frame, float]]:
        """Frames and the seconds for each, excluding waiting."""
        frames = live_frames.read(
            video, self._media, self._clip.stride, self._clip.stride_seconds
        )
        while True:
            began, waited = time.perf_counter(), video.waited_seconds
            frame = next(frames, None)
            if frame is None:
                return
            taken = time.perf_counter() - began
            yield frame, taken - (video.waited_seconds - waited)

    def _is_over(self, seconds: float) -> bool:
        every = self._reset_seconds
        return every is not None and seconds >= self._start + every


def format_summary(summary: dict[str, Any]) -> str:
    """Formats a summary as two lines."""
    first = (
        f"{summary['answers']} predictions for {summary['frames']} frames in "
        f"{summary['seconds']:.1f} s of video"
    )
    if not summary["answers"]:
        return first
    p50, p95 = (1000 * summary[f"delay_p{p}_seconds"] for p in (50, 95))
    delays = f"delay per frame: p50 {p50:.1f} ms, p95 {p95:.1f} ms"
    if summary["times_real_time"] is None:
        return f"{first}\n{delays}"
    verdict = "keeps up" if summary["keeps_up"] else "FALLS BEHIND"
    speed = f"{summary['times_real_time']:.1f} times real time"
    return f"{first}\n{delays}; {verdict}: {speed}"


def is_pipe(path: str) -> bool:
    """Whether a path is stdin, a FIFO or a character device."""
    if path == live_video.STDIN:
        return True
    kind = os.stat(path).st_mode if pathlib.Path(path).exists() else 0
    return stat.S_ISFIFO(kind) or stat.S_ISCHR(kind)
