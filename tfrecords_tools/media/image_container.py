"""A folder of images as a container with one video stream.

Has what readers use of PyAV's containers, so that everything that reads a
video reads such a folder: each image is a packet, shown for the same time.
"""

import dataclasses
import os
import re
import types
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av

from tfrecords_tools.base.text import printable
from tfrecords_tools.media import image_folder, video_error

_DECODERS = (
    (b"\xff\xd8\xff", "mjpeg"),
    (b"\x89PNG\r\n", "png"),
    (b"RIFF....WEBP", "webp"),
    (b"BM", "bmp"),
    (b"II\\*\0|MM\0\\*", "tiff"),
    (b"P2|P5", "pgm"),
    (b"P3|P6", "ppm"),
)
_FORMATS = "JPEG, PNG, WebP, BMP, TIFF, PGM or PPM"


class Container:
    """An open folder; its one stream begins at 0.

    Raises:
        VideoError: the folder has no images, or its first file is none.
    """

    format = types.SimpleNamespace(name="images")
    start_time = 0

    def __init__(
        self, folder: image_folder.ImageFolder, max_pixels: int
    ) -> None:
        self._folder = folder.path
        self._names = image_folder.list_images(folder)
        self._max_pixels = max_pixels
        self._place = 0
        self._decoders: dict[str, Any] = {}
        self._first: tuple[str, tuple[int, int]] | None = None
        if not self._names:
            raise self._error("no_frames", f"holds no images ({_FORMATS})")
        kind = self._kind(self._names[0], self._read(self._names[0]))
        rate = Fraction(folder.frame_rate).limit_denominator(100_000)
        stream = _stream(rate, len(self._names), self._decoder(kind))
        self.streams = _Streams(stream)
        self.duration = round(len(self._names) / rate * av.time_base)

    def close(self) -> None:
        """Does nothing: each image is closed when it is read."""

    def seek(self, offset: int, stream: Any = None) -> None:
        """Continues with the image at `offset`, counted from 0."""
        self._place = min(max(0, offset), len(self._names) - 1)

    def demux(self, *streams: Any) -> Iterator["_Packet"]:
        """Yields the rest of the images."""
        stream = self.streams.video[0]
        if streams and stream not in streams:
            return
        while self._place < len(self._names):
            self._place += 1
            yield _Packet(self, stream, self._place - 1)

    def decode(self, packet: "_Packet") -> list[Any]:
        """Decodes an image to one `av.VideoFrame`."""
        name = self._names[packet.pts]
        data = self._read(name)
        decoder = self._decoder(self._kind(name, data))
        raw = av.Packet(data)
        raw.is_keyframe = True  # Else PNGs are added to the one before.
        raw.pts = raw.dts = packet.pts
        raw.time_base, raw.duration = packet.time_base, packet.duration
        try:
            (frame,) = decoder.decode(raw)
        except (av.FFmpegError, ValueError) as error:
            raise self._translated(name, error) from error
        self._check_size(name, (frame.width, frame.height))
        return [frame]

    def _check_size(self, name: str, size: tuple[int, int]) -> None:
        self._first = self._first or (name, size)
        if size != self._first[1]:
            sizes = [
                f"{printable.name(each)} has {width}x{height} pixels"
                for each, (width, height) in (self._first, (name, size))
            ]
            raise self._error(
                "unfit_size",
                f"holds images of different sizes: {', '.join(sizes)}; scale "
                "them to one size, or move them to a folder of their own",
            )

    def _translated(
        self, name: str, error: Exception
    ) -> video_error.VideoError:
        shown = printable.name(name)
        if isinstance(error, av.error.MemoryError):
            raise error
        if isinstance(error, av.error.ArgumentError):
            return self._error(
                "too_large",
                f"its image {shown} has more than {self._max_pixels} pixels: "
                "raise --media.max_pixels",
            )
        return self._error(
            "unreadable",
            f"its image {shown} is damaged or cut: repair or remove it",
        )

    def _read(self, name: str) -> bytes:
        try:
            with open(os.path.join(self._folder, name), "rb") as file:
                return file.read()
        except OSError as error:
            raise self._error(
                "unreadable",
                f"its image {printable.name(name)} cannot be opened: "
                f"{error.strerror}",
            ) from error

    def _kind(self, name: str, data: bytes) -> str:
        """Returns FFmpeg's name of the decoder, by the first bytes."""
        for start, kind in _DECODERS:
            if re.match(start, data, re.DOTALL):
                return kind
        what = f"is no {_FORMATS}" if data else "is an empty file"
        raise self._error(
            "unreadable",
            f"its image {printable.name(name)} {what}: repair or remove it",
        )

    def _decoder(self, kind: str) -> Any:
        if kind not in self._decoders:
            decoder = av.CodecContext.create(kind, "r")
            decoder.thread_count = 1
            decoder.options = {"max_pixels": str(self._max_pixels)}
            self._decoders[kind] = decoder
        return self._decoders[kind]

    def _error(self, status: str, reason: str) -> video_error.VideoError:
        return video_error.VideoError(self._folder, status, reason)


class _Streams(list):
    """The streams by kind, as of a PyAV container."""

    def __init__(self, stream: Any) -> None:
        super().__init__([stream])
        self.video, self.audio, self.subtitles = [stream], [], []

    def best(self, kind: str, related: Any = None) -> Any:
        return self.video[0] if kind == "video" else None


def _stream(rate: Fraction, count: int, decoder: Any) -> Any:
    return types.SimpleNamespace(
        average_rate=rate,
        base_rate=rate,
        guessed_rate=rate,
        time_base=1 / rate,
        start_time=0,
        duration=count,
        frames=count,
        sample_aspect_ratio=None,
        codec_context=types.SimpleNamespace(
            codec=decoder.codec, has_b_frames=False
        ),
    )


@dataclasses.dataclass
class _Packet:
    """One image; `pts` is its place in the folder."""

    container: Container
    stream: Any
    pts: int
    duration: int = 1
    size: int = 1
    is_keyframe: bool = True
    is_discard: bool = False

    @property
    def dts(self) -> int:
        return self.pts

    @property
    def time_base(self) -> Fraction:
        return self.stream.time_base

    def decode(self) -> list[Any]:
        return self.container.decode(self)
