"""The H.264 stream of a file being written: its settings and its pictures.

Pictures are yuv420p in limited range, tagged with what they are; even sides.
"""

from fractions import Fraction
from typing import Any, NamedTuple

import av
import cv2
import numpy as np

from tfrecords_tools.media.frames import frame_colors, frame_pixels

MOST_PIXELS = 16_384  # Of a side, in x264.
_UNKNOWN, _BT709, _SMPTE170M, _BT2020 = 2, 1, 6, 9  # ITU-T H.273.
_LIMITED = 1
_FINE = Fraction(1, 90_000)  # Seconds; a multiple of the usual rates.
# Seconds; in milliseconds a frame may be shown for six days.
_COARSER = tuple(Fraction(1, n) for n in (90_000, 48_000, 24_000, 6000, 1000))
MOST_TICKS = (1 << 31) - 1  # Of a frame in mp4.
_FRAMES_LATE = 4
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
        longest: seconds that one frame is shown at most, about; 0 where
            unknown. An mp4 file has a coarser clock for long ones.
    """

    time_base: Fraction = _FINE
    frame_rate: float = 0
    aspect: Fraction = Fraction(1)
    primaries: int = _UNKNOWN
    transfer: int = _UNKNOWN
    crf: int = 16
    longest: float = 0


class Pictures:
    """Makes the pictures of one stream.

    Attributes:
        stream: added to the container.
        tick: seconds of one unit of the pictures' times.
    """

    def __init__(
        self, container: Any, height: int, width: int, look: Look
    ) -> None:
        """Adds the stream for frames of this size to an output container."""
        in_mp4 = container.format.name == "mp4"
        self._padding = height % 2, width % 2
        self._size = height + height % 2, width + width % 2
        self.tick = _tick(look) if in_mp4 else _fine(look.time_base)
        self._tags = _tags(look, *self._size)
        self._weights = frame_colors.WEIGHTS[self._tags["colorspace"]]
        self.stream = self._added(container, look)

    def picture(self, pixels: np.ndarray) -> Any:
        """The `av.VideoFrame` of uint8 [H, W, 3], RGB; it has no time yet."""
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
        picture.time_base = self.tick
        for name, value in self._tags.items():
            setattr(picture, name, value)
        return picture

    def _added(self, container: Any, look: Look) -> Any:
        height, width = self._size
        ahead = _AHEAD_BYTES // (3 * height * width)
        options = {
            "crf": str(look.crf),
            "rc-lookahead": str(min(40, max(4, ahead))),
        }
        rate = Fraction(look.frame_rate or 25).limit_denominator(1001)
        stream = container.add_stream("libx264", rate, options)
        codec = stream.codec_context
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.sample_aspect_ratio = look.aspect
        codec.time_base = self.tick
        for name, value in self._tags.items():
            setattr(codec, name, value)
        return stream


def fits(seconds: float, time_base: Fraction) -> bool:
    """Whether mp4 can say in fine ticks that a frame is shown so long.

    A packet's time of decoding may lie several frames before that of being
    shown, and mp4 has 31 bits for that, too.
    """
    return _in_ticks(seconds, _fine(time_base))


def mp4_options(look: Look) -> dict[str, str]:
    """What the muxer is told; by itself it would refine a coarse clock."""
    tick = _tick(look)
    if tick == _fine(look.time_base):
        return {}
    return {"video_track_timescale": str(tick.denominator)}


def _tick(look: Look) -> Fraction:
    """Seconds of a tick of an mp4 file; coarser where frames are long."""
    fine = _fine(look.time_base)
    ticks = fine, *(tick for tick in _COARSER if tick > fine)
    fitting = (tick for tick in ticks if _in_ticks(look.longest, tick))
    return next(fitting, ticks[-1])


def _in_ticks(seconds: float, tick: Fraction) -> bool:
    return _FRAMES_LATE * seconds / float(tick) <= MOST_TICKS


def _fine(time_base: Fraction) -> Fraction:
    """The source's own clock, where it is as fine as is usual."""
    usual = Fraction(1, 1_000_000) <= time_base <= Fraction(1, 6000)
    return time_base if usual else _FINE


def _tags(look: Look, height: int, width: int) -> dict[str, int]:
    """The matrix is what players guess by the size, should they not heed it."""
    matrix = _BT709 if width >= 1280 or height > 576 else _SMPTE170M
    if look.primaries == _BT2020:
        matrix = _BT2020
    unknown = 0, _UNKNOWN
    primaries, transfer = (
        _BT709 if code in unknown else code
        for code in (look.primaries, look.transfer)
    )
    return {
        "colorspace": matrix,
        "color_range": _LIMITED,
        "color_primaries": primaries,
        "color_trc": transfer,
    }
