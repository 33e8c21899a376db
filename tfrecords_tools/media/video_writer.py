"""Writes a video frame by frame as H.264, with the sound of another file.

Each frame keeps its own time. Nothing is held but what the encoder looks
ahead at, so the video may be of any length.
"""

import contextlib
import os
import pathlib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import av
import cv2
import numpy as np

from tfrecords_tools.base import atomic_write
from tfrecords_tools.media import frame_colors, frame_pixels, kept_sound

CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mkv": "matroska"}
MOST_PIXELS = 16_384  # Of a side, in x264.
_UNKNOWN, _BT709, _SMPTE170M, _LIMITED = 2, 1, 6, 1  # ITU-T H.273.
_FINE = Fraction(1, 90_000)  # Seconds; a multiple of the usual rates.
_AHEAD_BYTES = 1 << 28  # Of frames that x264 looks ahead at.


class Look(NamedTuple):
    """What is told about the pictures beside their pixels.

    Attributes:
        time_base: seconds of a tick of the source's clock.
        frame_rate: frames a second, about; 0 where unknown.
        aspect: width of a pixel over its height.
        primaries: of the colours, by the code of ITU-T H.273; 2: unknown.
        transfer: the same of the transfer function.
        crf: quality of x264, 0 (lossless) to 51 (worst).
    """

    time_base: Fraction = _FINE
    frame_rate: float = 0
    aspect: Fraction = Fraction(1)
    primaries: int = _UNKNOWN
    transfer: int = _UNKNOWN
    crf: int = 16


@contextlib.contextmanager
def writing(
    path: str | os.PathLike,
    height: int,
    width: int,
    look: Look,
    sound: kept_sound.KeptSound | None = None,
) -> Iterator["Writer"]:
    """Gives a `Writer`; the file takes its name when all went well.

    Args:
        path: ends in one of `CONTAINERS`; what stands there stays till then.
        height: of the frames, pixels. Where it is odd, the last row is
            written twice, since H.264 stores colours for two rows.
        width: the same.
        look: what is told about the pictures.
        sound: an open file's; None writes none.

    Raises:
        UserError: the disk is full or the place cannot be written.
    """
    kind = CONTAINERS[pathlib.Path(path).suffix.lower()]
    # Late starts are told in ticks of the film, by itself milliseconds.
    ours = {"movflags": "+faststart", "movie_timescale": "90000"}
    with atomic_write.renamed(path) as unfinished:
        container = av.open(
            str(unfinished),
            "w",
            kind,
            container_options=ours if kind == "mp4" else {},
        )
        try:
            writer = Writer(container, height, width, look, sound)
            yield writer
            writer._finish()
            container.close()
        except BaseException:
            with contextlib.suppress(Exception):
                container.close()
            raise
        _sync(unfinished)


class Writer:
    """What `writing` gives.

    Attributes:
        frames: written so far.
    """

    def __init__(
        self,
        container: Any,
        height: int,
        width: int,
        look: Look,
        sound: kept_sound.KeptSound | None,
    ) -> None:
        self.frames = 0
        self._container, self._sound = container, sound
        self._size = height, width
        self._padding = height % 2, width % 2
        self._weights = frame_colors.BT601
        self._stream = self._added(look)
        if sound is not None:
            sound.add_to(container)
        container.start_encoding()
        self._lengths: dict[int, int] = {}  # In ticks, of frames in x264.
        self._held: Any = None  # The newest picture; it may be the last one.
        self._last, self._cut = -1, None

    def write(self, pixels: np.ndarray, time: int, end_time: int) -> None:
        """Writes the next frame.

        Args:
            pixels: uint8 [height, width, 3] RGB.
            time: when it is shown, microseconds; rises.
            end_time: until when.
        """
        if pixels.shape != (*self._size, 3) or pixels.dtype != np.uint8:
            raise ValueError(
                f"frame is {pixels.dtype} {list(pixels.shape)}, wanted uint8 "
                f"{[*self._size, 3]}"
            )
        if self._sound is not None:
            self._sound.mux_until(self._container, time)
        picture = self._picture(pixels)
        tick = self._stream.codec_context.time_base
        start = max(self._last + 1, round(Fraction(time, 1_000_000) / tick))
        end = round(Fraction(end_time, 1_000_000) / tick)
        self._last = picture.pts = start
        picture.time_base = tick
        self._lengths[start] = max(1, end - start)
        if self._held is not None:
            self._mux(self._held)
        self._held = picture
        self.frames += 1

    def cut_sound(self, time: int) -> None:
        """Lets the sound end at `time`, microseconds, and not by itself."""
        self._cut = time

    def _finish(self) -> None:
        if self._held is not None:
            # A muxer takes the length of the last packet, and only behind a
            # key frame none comes that is shown earlier.
            self._held.pict_type = av.video.frame.PictureType.I
            self._mux(self._held)
        self._mux(None)
        if self._sound is not None:
            self._sound.mux_until(self._container, self._cut)

    def _mux(self, picture: Any) -> None:
        for packet in self._stream.encode(picture):
            # A muxer has no other way to know how long the last one lasts.
            packet.duration = self._lengths.pop(packet.pts)
            self._container.mux(packet)

    def _picture(self, pixels: np.ndarray) -> Any:
        if any(self._padding):
            below, beside = self._padding
            pixels = cv2.copyMakeBorder(
                pixels, 0, below, 0, beside, cv2.BORDER_REPLICATE
            )
        picture = av.VideoFrame(*pixels.shape[1::-1], "yuv420p")
        planes = frame_pixels.planes(pixels, self._weights)
        for plane, values in zip(picture.planes, planes, strict=True):
            rows = np.frombuffer(plane, np.uint8).reshape(plane.height, -1)
            rows[:, : plane.width] = values
        codec = self._stream.codec_context
        for name in _TAGS:
            setattr(picture, name, getattr(codec, name))
        return picture

    def _added(self, look: Look) -> Any:
        height, width = (
            side + more
            for side, more in zip(self._size, self._padding, strict=True)
        )
        ahead = _AHEAD_BYTES // (3 * height * width)
        options = {
            "crf": str(look.crf),
            "rc-lookahead": str(min(40, max(4, ahead))),
        }
        rate = Fraction(look.frame_rate or 25).limit_denominator(1001)
        stream = self._container.add_stream("libx264", rate, options)
        codec = stream.codec_context
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.sample_aspect_ratio = look.aspect
        # Between microseconds and the usual ticks: the source's own clock.
        own = Fraction(1, 1_000_000) <= look.time_base <= Fraction(1, 6000)
        codec.time_base = look.time_base if own else _FINE
        # What players guess by the size, should they not heed the tag.
        if width >= 1280 or height > 576:
            self._weights, codec.colorspace = frame_colors.BT709, _BT709
        else:
            codec.colorspace = _SMPTE170M
        codec.color_range = _LIMITED
        known = _UNKNOWN, 0
        codec.color_primaries = (
            _BT709 if look.primaries in known else look.primaries
        )
        codec.color_trc = _BT709 if look.transfer in known else look.transfer
        return stream


_TAGS = ("colorspace", "color_range", "color_primaries", "color_trc")


def _sync(path: pathlib.Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
