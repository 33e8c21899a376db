"""The H.264 stream of a file being written: its settings and its frames.

Frames are yuv420p in limited range with colour tags and even sides.
"""

from fractions import Fraction
from typing import Any, NamedTuple

import av
import cv2
import numpy as np

from tfrecords_tools.media.frames import frame_colors, frame_pixels

MAX_SIDE = 16_384  # Pixels, in x264.
_UNKNOWN, _BT709, _SMPTE170M, _BT2020 = 2, 1, 6, 9  # ITU-T H.273.
_LIMITED = 1
_FINE = Fraction(1, 90_000)  # Seconds; a multiple of the usual rates.
# Seconds; in milliseconds a frame may be shown for six days.
_COARSER = tuple(Fraction(1, n) for n in (90_000, 48_000, 24_000, 6000, 1000))
MAX_TICKS = (1 << 31) - 1  # Of a frame in mp4.
_FRAMES_LATE = 4
_AHEAD_BYTES = 1 << 28  # Of frames that x264 looks ahead at.


class StreamFormat(NamedTuple):
    """Properties of the stream beside its pixels.

    Attributes:
        time_base: seconds per tick of the source's clock.
        frame_rate: approximate frames per second; 0 if unknown.
        aspect: width of a pixel over its height.
        primaries: colour primaries, as ITU-T H.273 codes them; 2: unknown.
        transfer: transfer function, coded likewise.
        crf: constant rate factor of x264, 0 (lossless) to 51 (worst).
        longest: approximate longest duration of a frame, seconds; 0 if
            unknown. An mp4 file gets a coarser clock for long ones.
    """

    time_base: Fraction = _FINE
    frame_rate: float = 0
    aspect: Fraction = Fraction(1)
    primaries: int = _UNKNOWN
    transfer: int = _UNKNOWN
    crf: int = 16
    longest: float = 0


class VideoStream:
    """Creates the frames of one stream.

    Attributes:
        stream: added to the container.
        tick: seconds per unit of the frames' times.
    """

    def __init__(
        self, container: Any, height: int, width: int, format: StreamFormat
    ) -> None:
        """Adds the stream for frames of this size to an output container."""
        in_mp4 = container.format.name == "mp4"
        self._padding = height % 2, width % 2
        self._size = height + height % 2, width + width % 2
        self.tick = _tick(format) if in_mp4 else _fine(format.time_base)
        self._tags = _tags(format, *self._size)
        self._weights = frame_colors.WEIGHTS[self._tags["colorspace"]]
        self.stream = self._added(container, format)

    def frame(self, pixels: np.ndarray) -> Any:
        """Converts uint8 [H, W, 3] RGB to an `av.VideoFrame` without a time."""
        if any(self._padding):
            below, beside = self._padding
            pixels = cv2.copyMakeBorder(
                pixels, 0, below, 0, beside, cv2.BORDER_REPLICATE
            )
        frame = av.VideoFrame(*pixels.shape[1::-1], "yuv420p")
        planes = frame_pixels.planes(pixels, self._weights)
        for plane, values in zip(frame.planes, planes, strict=True):
            rows = np.frombuffer(plane, np.uint8).reshape(plane.height, -1)
            rows[:, : plane.width] = values
        frame.time_base = self.tick
        for name, value in self._tags.items():
            setattr(frame, name, value)
        return frame

    def _added(self, container: Any, format: StreamFormat) -> Any:
        height, width = self._size
        ahead = _AHEAD_BYTES // (3 * height * width)
        options = {
            "crf": str(format.crf),
            "rc-lookahead": str(min(40, max(4, ahead))),
        }
        rate = Fraction(format.frame_rate or 25).limit_denominator(1001)
        stream = container.add_stream("libx264", rate, options)
        codec = stream.codec_context
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.sample_aspect_ratio = format.aspect
        codec.time_base = self.tick
        for name, value in self._tags.items():
            setattr(codec, name, value)
        return stream


def fits(seconds: float, time_base: Fraction) -> bool:
    """Whether mp4 can store a frame's duration in fine ticks.

    A packet's decoding time may lie several frames before its presentation
    time, and mp4 has 31 bits for that difference, too.
    """
    return _in_ticks(seconds, _fine(time_base))


def mp4_options(format: StreamFormat) -> dict[str, str]:
    """Options of the muxer; by default it would refine a coarse clock."""
    tick = _tick(format)
    if tick == _fine(format.time_base):
        return {}
    return {"video_track_timescale": str(tick.denominator)}


def _tick(format: StreamFormat) -> Fraction:
    """Seconds per tick of an mp4 file; coarser where frames are long."""
    fine = _fine(format.time_base)
    ticks = fine, *(tick for tick in _COARSER if tick > fine)
    fitting = (tick for tick in ticks if _in_ticks(format.longest, tick))
    return next(fitting, ticks[-1])


def _in_ticks(seconds: float, tick: Fraction) -> bool:
    return _FRAMES_LATE * seconds / float(tick) <= MAX_TICKS


def _fine(time_base: Fraction) -> Fraction:
    """The source's clock if it is as fine as usual, else the default."""
    usual = Fraction(1, 1_000_000) <= time_base <= Fraction(1, 6000)
    return time_base if usual else _FINE


def _tags(format: StreamFormat, height: int, width: int) -> dict[str, int]:
    """The matrix equals the guess of players that ignore the tag."""
    matrix = _BT709 if width >= 1280 or height > 576 else _SMPTE170M
    if format.primaries == _BT2020:
        matrix = _BT2020
    unknown = 0, _UNKNOWN
    primaries, transfer = (
        _BT709 if code in unknown else code
        for code in (format.primaries, format.transfer)
    )
    return {
        "colorspace": matrix,
        "color_range": _LIMITED,
        "color_primaries": primaries,
        "color_trc": transfer,
    }
