"""Opens one video, or explains why it cannot be opened.

Every failure is a `VideoError` with a status. timed_frames decodes frames.
"""

import os
import stat
from fractions import Fraction
from typing import Any

import av

from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import (
    image_container,
    image_folder,
    mp4_boxes,
    video_error,
)

av.logging.set_level(av.logging.PANIC)

# Playlists open other files, and FFmpeg takes any text for an image (tty).
_NOT_VIDEO = ("hls", "dash", "concat", "tty", "image2", "ffmetadata")
_COVER = 0x400  # AV_DISPOSITION_ATTACHED_PIC


VideoError = video_error.VideoError


class VideoFile:
    """An open video; use it in a `with` statement.

    Attributes:
        path: the file, or folder of images.
        source: the path as given; it holds the rate of a folder of images.
        container: PyAV's input container, or that of the folder.
        stream: its best video stream.

    Raises:
        VideoError: it is not a readable video.
    """

    def __init__(self, path: str | os.PathLike, max_pixels: int) -> None:
        self.path, self.source = os.fspath(path), path
        self._max_pixels = max_pixels
        self.reopen()

    def __enter__(self) -> "VideoFile":
        return self

    def __exit__(self, *failure: object) -> None:
        self.container.close()

    def reopen(self) -> None:
        """Opens the file, or re-opens it at its start."""
        if isinstance(self.source, image_folder.ImageFolder):
            self._open_images(self.source)
            return
        self._check_file()
        try:
            self.container = self._container()
        except (av.FFmpegError, ValueError) as error:
            raise self.translated(error, "is not a video") from error
        try:
            self.stream = self._picked_stream()
        except VideoError:
            self.container.close()
            raise

    @property
    def aspect(self) -> Fraction:
        """Width of a pixel over its height."""
        aspect = self.stream.sample_aspect_ratio or Fraction(1)
        return aspect if Fraction(1, 4) <= aspect <= 4 else Fraction(1)

    @property
    def frame_rate(self) -> float:
        """Frames a second, the average; 0 if unknown."""
        return float(self.stream.average_rate or self.stream.guessed_rate or 0)

    @property
    def start_seconds(self) -> Fraction:
        """The container's start, which is time 0."""
        start = self.container.start_time
        if start is None:
            return (self.stream.start_time or 0) * self.stream.time_base
        return Fraction(start, av.time_base)

    def error(self, status: str, reason: str) -> VideoError:
        """A `VideoError` of this file."""
        return VideoError(self.path, status, reason)

    def translated(self, error: Exception, what: str) -> VideoError:
        """Converts an error of FFmpeg to a `VideoError`."""
        if self._is_cut():
            return self.error("truncated", "is cut: its end is missing")
        if isinstance(error, av.error.MemoryError):
            raise error
        if "exceeds specified max pixel count" in str(error.args):
            return self._too_large("has frames of more pixels")
        text = getattr(error, "strerror", None) or str(error)
        return self.error("unreadable", f"{what}: {text}")

    @property
    def _limits(self) -> dict[str, str]:
        """Options that make FFmpeg refuse large frames."""
        return {"max_pixels": str(self._max_pixels)}

    def _container(self) -> Any:
        return av.open(
            f"file:{self.path}",
            options=self._limits,
            container_options={"protocol_whitelist": "file"},
        )

    def _open_images(self, folder: image_folder.ImageFolder) -> None:
        try:
            opened = image_container.Container(folder, self._max_pixels)
        except OSError as error:
            reason = f"cannot be opened: {error.strerror}"
            raise self.error("unreadable", reason) from error
        self.container, self.stream = opened, opened.streams.best("video")

    def _is_cut(self) -> bool:
        return mp4_boxes.is_cut(self.path)

    def _too_large(self, what: str) -> VideoError:
        return self.error(
            "too_large",
            f"{what}, allowed are {self._max_pixels}: raise --media.max_pixels",
        )

    def _check_file(self) -> None:
        try:
            found = os.stat(self.path)
            if stat.S_ISDIR(found.st_mode):
                os.stat(os.path.join(self.path, "."))
                os.scandir(self.path).close()
                what = "is a folder, not a video"
                if image_folder.list_images(self.path):
                    what += f": {image_folder.HINT}"
                raise self._link_error("unreadable", what)
            if not stat.S_ISREG(found.st_mode):
                raise self.error("unreadable", "is no ordinary file")
            if not found.st_size:
                raise self.error("empty", "is an empty file")
            open(self.path, "rb").close()
        except FileNotFoundError as error:
            raise self._link_error("missing", "no such file") from error
        except OSError as error:
            reason = f"cannot be opened: {error.strerror}"
            raise self._link_error("unreadable", reason) from error

    def _link_error(self, status: str, reason: str) -> VideoError:
        """With where the file leads, if it is a link."""
        link = printable.name(folder_files.link_of(self.path))
        return self.error(status, reason + link)

    def _picked_stream(self) -> Any:
        name = self.container.format.name
        video = self.container.streams.best("video")
        if name in _NOT_VIDEO or name.endswith("_pipe"):
            hint = name == "image2" or name.endswith("_pipe")
            hint = f": {image_folder.HINT}" if hint else ""
            raise self.error("unreadable", f"is not a video ({name}){hint}")
        if video is None or int(video.disposition) & _COVER:
            raise self.error("no_video", f"has no video stream ({name})")
        if video.codec_context is None:
            raise self.error("unreadable", "has a codec without a decoder")
        if video.width * video.height > self._max_pixels:
            raise self._too_large(f"has {video.width}x{video.height} pixels")
        video.codec_context.thread_count = 1
        return video
