"""Follows a video with an exported stream: one answer a chunk of frames.

The video may be a file or come through a pipe, from a camera. Frames are
taken at the rate of the clips that the model learned from.
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

_REMEMBERED = 100_000  # Delays; a stream may have no end.


class Answer(NamedTuple):
    """What is known after a chunk.

    Attributes:
        start_seconds: time of the first frame that counts.
        end_seconds: time of the last one.
        scores: float32 [classes], over all frames between.
        delay_seconds: from when the chunk's last frame was wanted until the
            answer was there, without waiting for a pipe.
    """

    start_seconds: float
    end_seconds: float
    scores: np.ndarray
    delay_seconds: float


class Follower:
    """Asks a model about a video while it comes.

    Attributes:
        frames: taken so far.
        answers: given so far.
    """

    def __init__(
        self,
        model: loaded_model.LoadedModel,
        path: str,
        begin_every_seconds: float | None = None,
    ):
        """Gets ready.

        Args:
            model: exported with a stream.
            path: a file, a FIFO, or "-" for what is piped in.
            begin_every_seconds: after so long all frames are forgotten; not
                given: never.

        Raises:
            UserError: the model takes no stream, or nothing is piped in.
        """
        if path == live_video.STDIN and sys.stdin.isatty():
            raise errors.UserError(
                "--videos=-, but nothing is piped in: wanted a video, such "
                "as of `ffmpeg ... -f mpegts - |`, or a file"
            )
        self.frames = self.answers = 0
        self._path, self._session = path, model.stream()
        self._chunk, self._clip = (
            model.metadata.stream.frames,
            model.metadata.clip,
        )
        self._media, self._begin_every = (
            model.metadata.media,
            begin_every_seconds,
        )
        self._delays: collections.deque = collections.deque(maxlen=_REMEMBERED)
        self._busy = self._first = self._last = 0.0
        self._start: float | None = None
        self._pixels: list[np.ndarray] = []
        # The first call is slow, whatever the size of the frames.
        self._session.scores(np.zeros((1, self._chunk, 64, 64, 3), np.uint8))

    def follow(self) -> Iterator[Answer]:
        """The answers, one a chunk, until the video ends.

        Raises:
            UserError: the video cannot be read.
        """
        with live_video.LiveVideo(self._path, self._media.max_pixels) as video:
            for frame, taken in self._timed(video):
                began = time.perf_counter()
                scores = self._see(frame)
                taken += time.perf_counter() - began
                self._busy += taken
                if scores is not None:
                    self.answers += 1
                    self._delays.append(taken)
                    yield Answer(self._start, self._last, scores, taken)

    def _see(self, frame: reader.Frame) -> np.ndarray | None:
        """The scores, if a chunk is full."""
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
        """How many frames, how late, and whether that was fast enough."""
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
        """Frames, and the seconds that each took but for waiting."""
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
        every = self._begin_every
        return every is not None and seconds >= self._start + every


def format_summary(summary: dict[str, Any]) -> str:
    """A summary as two lines for people."""
    first = (
        f"{summary['answers']} answers about {summary['frames']} frames in "
        f"{summary['seconds']:.1f} s of video"
    )
    if not summary["answers"]:
        return first
    p50, p95 = (1000 * summary[f"delay_p{p}_seconds"] for p in (50, 95))
    delays = f"delay a frame: p50 {p50:.1f} ms, p95 {p95:.1f} ms"
    if summary["times_real_time"] is None:
        return f"{first}\n{delays}"
    verdict = "keeps up" if summary["keeps_up"] else "FALLS BEHIND"
    speed = f"{summary['times_real_time']:.1f} times real time"
    return f"{first}\n{delays}; {verdict}: {speed}"


def is_pipe(path: str) -> bool:
    """Whether a path is stdin, or something to read that is no file."""
    if path == live_video.STDIN:
        return True
    kind = os.stat(path).st_mode if pathlib.Path(path).exists() else 0
    return stat.S_ISFIFO(kind) or stat.S_ISCHR(kind)
