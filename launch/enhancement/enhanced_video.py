"""Enhances a video into a new file and keeps its audio.

Frames are decoded, enhanced and encoded one window at a time, so memory does
not grow with the length.
"""

import dataclasses
import os
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from launch.enhancement import (
    frame_tiles,
    frame_windows,
    source_frames,
)
from tfrecords_tools.base import errors, settings
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import pixel_video
from tfrecords_tools.media.audio import copied_audio
from tfrecords_tools.media.writing import h264_stream, video_writer

_USUAL_PIXELS = 4096 * 2304  # Of H.264 up to level 5.2.
_LINE = 2  # Pixels between the halves, white.


@dataclasses.dataclass(frozen=True)
class Config:
    """The output file; `--tile.*` sets the tiles."""

    side_by_side: bool = settings.setting(
        False,
        "Place the input, enlarged bicubically, to the left of the result.",
    )
    crf: int = settings.setting(
        16, "Quality of H.264: 0 is lossless, 51 is worst.",
        minimum=0, maximum=51,
    )  # fmt: skip
    allow_truncated: bool = settings.setting(
        False,
        "Write the readable part of a truncated or damaged video; otherwise "
        "nothing is written.",
    )


class Result(NamedTuple):
    """The file that was written.

    Attributes:
        height: of a frame, pixels.
        width: of a frame, pixels.
        frames: number of frames.
        seconds: end of the last frame.
        remarks: notes for the user.
    """

    height: int
    width: int
    frames: int
    seconds: float
    remarks: list[str]


def write(
    enhancer: frame_windows.Enhancer,
    video: pixel_video.PixelVideo,
    output: str | os.PathLike,
    config: Config = Config(),
    tiles: frame_tiles.Config = frame_tiles.Config(),
    on_progress: Callable[[int, float], None] = lambda frames, seconds: None,
    max_frames: int | None = None,
) -> Result:
    """Writes the whole file or nothing; an existing file stays until then.

    Args:
        enhancer: the network.
        video: an open file.
        output: path with an ending of `video_writer.CONTAINERS`.
        config: of the output file.
        tiles: how frames are split into tiles.
        on_progress: called after each window with frames and seconds done.
        max_frames: frames to write at most; None for all.

    Raises:
        UserError: the video is truncated, the output cannot be written, or
            its frames would be too large.
    """
    frame_windows.check(enhancer)
    height, width = _size(enhancer, video, config)
    source = source_frames.Source(video, config.allow_truncated, max_frames)
    format = _format(video, config)
    with (
        copied_audio.CopiedAudio(video.path, video.max_pixels) as audio,
        video_writer.writing(output, height, width, format, audio) as writer,
    ):
        windows = frame_windows.split(
            source.frames(), enhancer.frames, enhancer.overlap
        )
        for window in windows:
            for after in frame_tiles.enhanced(window, enhancer, tiles):
                frame = source.waiting.popleft()
                if config.side_by_side:
                    after = _beside(frame.pixels, after)
                writer.write(after, frame.time, frame.end_time)
            on_progress(writer.frames, frame.end_time / 1e6)
        if source.is_cut:
            writer.cut_audio(video.end_time)
    remarks = _remarks(video, height, width, audio.words) + source.remarks
    return Result(
        height + height % 2,
        width + width % 2,
        writer.frames,
        video.end_time / 1e6,
        remarks,
    )


def _size(
    enhancer: frame_windows.Enhancer,
    video: pixel_video.PixelVideo,
    config: Config,
) -> tuple[int, int]:
    """Height and width of the frames to write."""
    height, width = (
        side * enhancer.factor for side in (video.height, video.width)
    )
    if config.side_by_side:
        width = 2 * width + _LINE
    if max(height, width) > h264_stream.MAX_SIDE:
        raise errors.UserError(
            f"{printable.name(video.path)}: its frames would become "
            f"{width}x{height}, H.264 allows {h264_stream.MAX_SIDE} pixels a "
            "side: use a smaller video, or a model with a smaller factor"
            + (", or leave out --side_by_side" * config.side_by_side)
        )
    return height, width


def _format(
    video: pixel_video.PixelVideo, config: Config
) -> h264_stream.StreamFormat:
    return h264_stream.StreamFormat(
        video.time_base,
        video.metadata.frame_rate,
        video.aspect,
        video.primaries,
        video.transfer,
        config.crf,
        _longest(video),
    )


def _longest(video: pixel_video.PixelVideo) -> float:
    """An upper bound for the seconds that one frame is shown."""
    seconds = video.metadata.seconds
    if seconds and h264_stream.fits(seconds, video.time_base):
        return seconds
    return pixel_video.longest_seconds(video.path, video.max_pixels)


def _remarks(
    video: pixel_video.PixelVideo, height: int, width: int, audio: list[str]
) -> list[str]:
    remarks = [f"audio: {', '.join(audio) or 'none, as in the input'}"]
    if video.left_out:
        remarks.append(f"left out: {', '.join(video.left_out)}")
    if height % 2 or width % 2:
        remarks.append(
            f"{width}x{height} padded to even sides for H.264: the last row or "
            "column is repeated"
        )
    if height * width > _USUAL_PIXELS:
        remarks.append("few players support H.264 of this size")
    for remark in video.metadata.remarks:
        if remark.endswith("bit"):
            remarks.append(f"{remark} rounded to 8 bit")
        elif remark == "interlaced":
            remarks.append(
                "interlaced frames were enhanced without deinterlacing"
            )
    if video.damaged:
        remarks.append(f"{video.damaged} frames were damaged in the input")
    return remarks


def _beside(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """uint8 [H, 2 W + 2, 3]: the enlarged input, a line, the result."""
    height, width = after.shape[:2]
    large = before
    if before.shape != after.shape:
        large = cv2.resize(
            before, (width, height), interpolation=cv2.INTER_CUBIC
        )
    line = np.full((height, _LINE, 3), 255, np.uint8)
    return np.concatenate([large, line, after], axis=1)
