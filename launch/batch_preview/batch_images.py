"""Draws a batch as the network gets it: one row per clip, time to the right."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from launch.batch_preview import audio_images
from launch.reporting import drawing

_MAX_FRAMES = 12
_SIDE = 128  # Approximate height of drawn frames, pixels.
_FURTHER = ("other_frames", "low_frames")


class Times(NamedTuple):
    """Durations, if known.

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
    """Draws the whole batch as one image.

    Args:
        rows: per clip the entries of the batch, without the batch axis.
        titles: lines of text per clip.
        times: for the time axis under the frames.

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
    """Draws frames from left to right, sampled at equal intervals.

    Positions below the strip correspond to its times.

    Args:
        frames: uint8 [T, H, W, 3].
        side: height of the result, pixels.
    """
    count = min(len(frames), _MAX_FRAMES)
    shown = np.arange(count) * len(frames) // count
    return np.concatenate(list(drawing.sized(frames[shown], side)), axis=1)


def side_of(frames: np.ndarray) -> int:
    """Height of drawn frames: an integer multiple for small frames."""
    height = frames.shape[1]
    return min(height * max(1, round(_SIDE / height)), 160)


def with_patches(row: dict[str, np.ndarray]) -> np.ndarray:
    """The frames, grey under `patch_mask`; uint8 [T, H, W, 3]."""
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
    """Width of the audio; at most three times that of the frames."""
    if not times.frame_seconds or not times.audio_seconds:
        return width
    seconds = times.frame_seconds * len(row["frames"])
    ratio = min(times.audio_seconds / seconds, 3.0)
    return max(16, round(ratio * width))
