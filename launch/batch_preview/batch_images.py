"""Draws a batch as a network gets it: a row a clip, time to the right."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from launch.batch_preview import audio_images
from launch.reporting import drawing

_MOST_FRAMES = 12
_SIDE = 128  # Frames are drawn manifest as large, pixels.
_FURTHER = ("other_frames", "low_frames")


class Times(NamedTuple):
    """How long things last, where it is known.

    Attributes:
        frame_seconds: from one frame of the clip to the next.
        audio_seconds: length of the audio, which starts at the first frame.
    """

    frame_seconds: float | None = None
    audio_seconds: float | None = None


def sheet(
    rows: Sequence[dict[str, np.ndarray]],
    titles: Sequence[Sequence[str]],
    times: Times,
) -> np.ndarray:
    """The whole batch as one picture.

    Args:
        rows: of each clip the entries of the batch, without the first axis.
        titles: of each clip some lines of text.
        times: for the axis under the frames.

    Returns:
        uint8 [H, W, 3].
    """
    clips = [
        _clip(row, lines, times)
        for row, lines in zip(rows, titles, strict=True)
    ]
    whole = drawing.stacked(clips, gap=14)
    return np.pad(whole, ((8, 8), (8, 8), (0, 0)), constant_values=255)


def strip(frames: np.ndarray, side: int) -> np.ndarray:
    """Frames from left to right, the first of each of equal parts.

    So what lies under a point of the strip is what happens at that time.

    Args:
        frames: uint8 [T, H, W, 3].
        side: height to come out, pixels.
    """
    count = min(len(frames), _MOST_FRAMES)
    shown = np.arange(count) * len(frames) // count
    return np.concatenate(list(drawing.sized(frames[shown], side)), axis=1)


def side_of(frames: np.ndarray) -> int:
    """Pixels to draw frames with: whole multiples of what is small."""
    height = frames.shape[1]
    return min(height * max(1, round(_SIDE / height)), 160)


def with_patches(row: dict[str, np.ndarray]) -> np.ndarray:
    """The frames, grey where `patch_mask` hides them; uint8 [T, H, W, 3]."""
    frames, mask = row["frames"], row.get("patch_mask")
    if mask is None:
        return frames
    for axis, length in enumerate(frames.shape[:3]):
        places = np.arange(length) * mask.shape[axis] // length
        mask = mask.take(places, axis=axis)
    return np.where(mask[..., None], np.uint8(128), frames)


def _clip(
    row: dict[str, np.ndarray], titles: Sequence[str], times: Times
) -> np.ndarray:
    side = side_of(row["frames"])
    frames = strip(with_patches(row), side)
    width = frames.shape[1]
    parts = [drawing.paragraph(title, width) for title in titles if title]
    parts.append(frames)
    for name in _FURTHER:
        if name in row:
            title = f"{name} {list(row[name].shape)}"
            parts += [drawing.banner(title, width), strip(row[name], side)]
    tracks = audio_images.tracks(row, _audio_width(row, times, width))
    if times.frame_seconds:
        seconds = times.frame_seconds * len(row["frames"])
        total = max(part.shape[1] for part in [frames, *tracks])
        parts.append(drawing.time_axis(seconds, width, total))
    return drawing.stacked(parts + tracks)


def _audio_width(row: dict[str, np.ndarray], times: Times, width: int) -> int:
    """Pixels of the cut; three times the frames at most, so that both show."""
    if not times.frame_seconds or not times.audio_seconds:
        return width
    seconds = times.frame_seconds * len(row["frames"])
    share = min(times.audio_seconds / seconds, 3.0)
    return max(16, round(share * width))
