"""Sends a video through a network into a new file, its sound kept.

Frames are decoded, enhanced and encoded a piece at a time, so memory does not
grow with the length.
"""

import collections
import dataclasses
import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

import cv2
import numpy as np

from launch import frame_pieces, frame_tiles
from tfrecords_tools.base import errors, settings
from tfrecords_tools.media import (
    h264_pictures,
    kept_sound,
    pixel_video,
    video_file,
    video_writer,
)

_LINE = 2  # Pixels between the halves of a picture, white.
_USUAL_PIXELS = 4096 * 2304  # Of H.264 up to level 5.2.
_BROKEN = ("truncated", "unreadable")


@dataclasses.dataclass(frozen=True)
class Config:
    """How the new file is made; beside it the flags of `--tile`."""

    side_by_side: bool = settings.setting(
        False,
        "Write the input, scaled up bicubically, on the left of the result.",
    )
    crf: int = settings.setting(
        16, "Quality of H.264: 0 is lossless, 51 the worst.",
        minimum=0, maximum=51,
    )  # fmt: skip
    allow_truncated: bool = settings.setting(
        False,
        "Keep what came of a video that breaks off or is damaged on the way; "
        "otherwise nothing is written of it.",
    )


class Result(NamedTuple):
    """What was written.

    Attributes:
        height: of a frame, pixels.
        width: the same.
        frames: how many.
        seconds: when the last one ends.
        remarks: what is worth knowing, for people.
    """

    height: int
    width: int
    frames: int
    seconds: float
    remarks: list[str]


def write(
    enhancer: frame_pieces.Enhancer,
    video: pixel_video.PixelVideo,
    output: str | os.PathLike,
    config: Config = Config(),
    tiles: frame_tiles.Config = frame_tiles.Config(),
    tell: Callable[[int, float], None] = lambda frames, seconds: None,
    most_frames: int | None = None,
) -> Result:
    """Writes the whole file, or nothing: what stood there stays till the end.

    Args:
        enhancer: the network.
        video: an open file.
        output: its ending is one of `video_writer.CONTAINERS`.
        config: how the new file is made.
        tiles: how pictures are cut.
        tell: is told frames and seconds done, after each piece.
        most_frames: stops after so many; None: at the end.

    Raises:
        UserError: the video breaks off, the output cannot be written, or
            its pictures would be too large.
    """
    frame_pieces.check(enhancer)
    height, width = _size(enhancer, video, config)
    source = _Source(video, config, most_frames)
    with (
        kept_sound.KeptSound(video.path, video.max_pixels) as sound,
        video_writer.writing(
            output, height, width, _look(video, config), sound
        ) as writer,
    ):
        pieces = frame_pieces.cut(
            source.frames(), enhancer.frames, enhancer.overlap
        )
        for piece in pieces:
            made = frame_tiles.enhanced(piece, enhancer, tiles)
            for pixels in made:
                before = source.waiting.popleft()
                if config.side_by_side:
                    pixels = beside(before.pixels, pixels)
                writer.write(pixels, before.time, before.end_time)
            tell(writer.frames, before.end_time / 1e6)
        if source.is_cut:
            writer.cut_sound(video.end_time)
    remarks = _remarks(video, height, width, sound.words) + source.remarks
    return Result(
        height + height % 2,
        width + width % 2,
        writer.frames,
        video.end_time / 1e6,
        remarks,
    )


def beside(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The input on the left, the result on the right, a line between.

    Args:
        before: uint8 [h, w, 3].
        after: uint8 [H, W, 3].

    Returns:
        uint8 [H, 2 W + 2, 3].
    """
    height, width = after.shape[:2]
    large = before
    if before.shape != after.shape:
        large = cv2.resize(
            before, (width, height), interpolation=cv2.INTER_CUBIC
        )
    line = np.full((height, _LINE, 3), 255, np.uint8)
    return np.concatenate([large, line, after], axis=1)


class _Source:
    """The frames of a video, and those among them not yet written.

    Attributes:
        waiting: frames that were given, oldest first.
        is_cut: whether there was more.
        remarks: why.
    """

    def __init__(
        self,
        video: pixel_video.PixelVideo,
        config: Config,
        most_frames: int | None,
    ) -> None:
        self._video, self._most = video, most_frames
        self._lenient = config.allow_truncated
        self.waiting: collections.deque = collections.deque()
        self.is_cut = False
        self.remarks: list[str] = []

    def frames(self) -> Iterator[np.ndarray]:
        count = 0
        try:
            for frame in self._video.frames():
                count += 1
                self.waiting.append(frame)
                yield frame.pixels
                if count == self._most:
                    self.is_cut = True
                    return
        except video_file.VideoError as error:
            self._break(error, count)

    def _break(self, error: video_file.VideoError, count: int) -> None:
        if not count or error.status not in _BROKEN:
            raise error
        until = f"{error.reason}, after {count} whole frames"
        until += f" ({self._video.end_time / 1e6:.2f} s)"
        if not self._lenient:
            raise video_file.VideoError(
                error.path,
                error.status,
                f"{until}; nothing is written. --allow_truncated keeps those",
            ) from error
        self.is_cut = True
        self.remarks.append(f"the video {until}; only those were written")


def _size(
    enhancer: frame_pieces.Enhancer,
    video: pixel_video.PixelVideo,
    config: Config,
) -> tuple[int, int]:
    """Height and width of the frames to write."""
    height, width = (
        side * enhancer.factor for side in (video.height, video.width)
    )
    if config.side_by_side:
        width = 2 * width + _LINE
    if max(height, width) > h264_pictures.MOST_PIXELS:
        raise errors.UserError(
            f"{video.path}: its pictures would become {width}x{height}, H.264 "
            f"has {h264_pictures.MOST_PIXELS} pixels a side at most: take a "
            "smaller video, or a model that enlarges less"
            + (", or leave out --side_by_side" * config.side_by_side)
        )
    return height, width


def _look(video: pixel_video.PixelVideo, config: Config) -> h264_pictures.Look:
    return h264_pictures.Look(
        video.time_base,
        video.facts.frame_rate,
        video.aspect,
        video.primaries,
        video.transfer,
        config.crf,
    )


def _remarks(
    video: pixel_video.PixelVideo, height: int, width: int, sound: list[str]
) -> list[str]:
    remarks = [f"sound: {', '.join(sound) or 'none, as in the input'}"]
    if video.left_out:
        remarks.append(f"left out: {', '.join(video.left_out)}")
    if height % 2 or width % 2:
        remarks.append(
            f"{width}x{height} padded to even sides, as H.264 wants them: the "
            "last row or column stands twice"
        )
    if height * width > _USUAL_PIXELS:
        remarks.append("few players show H.264 as large as this")
    for remark in video.facts.remarks:
        if remark.endswith("bit"):
            remarks.append(f"{remark} rounded to 8 bit")
        elif remark == "interlaced":
            remarks.append("interlaced pictures were enhanced as they are")
    if video.damaged:
        remarks.append(f"{video.damaged} frames were damaged in the input")
    return remarks
