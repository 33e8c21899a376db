"""Checks before the first step that all videos are long enough for a clip.

Needed only with `short="refuse"`. The graph of clip_layout asserts the same
for each video.
"""

from pipelines import batch
from tfrecords_tools.base import errors


def check(
    clip: batch.ClipSpec,
    shortest_frames: int,
    shortest_seconds: float,
    training: bool = True,
) -> None:
    """Raises UserError if the shortest video is too short for the clip.

    Args:
        clip: number and sampling of frames.
        shortest_frames: fewest stored frames of any video.
        shortest_seconds: fewest seconds of any video, from the start of its
            first frame to the end of its last.
        training: whether `speed_jitter` lengthens clips.
    """
    lacking = shortage(clip, shortest_frames, shortest_seconds, training)
    if lacking:
        needed, available = lacking
        raise errors.UserError(
            f"clip needs {needed}, shortest video has {available}: lower "
            f"--clip.{_length_setting(clip)} or set --clip.short=loop"
        )


def shortage(
    clip: batch.ClipSpec, frames: int, seconds: float, training: bool
) -> tuple[str, str] | None:
    """Length needed and available; None if the video is long enough.

    Args:
        clip: number and sampling of frames.
        frames: stored frames of the video.
        seconds: from the start of its first frame to the end of its last.
        training: whether `speed_jitter` lengthens clips.
    """
    if clip.short != "refuse":
        return None
    faster = 1 + clip.speed_jitter if training else 1.0
    steps = clip.frames - 1
    if clip.by_time:
        needed = round(steps * clip.stride_seconds * faster * 1e6) + 1
        has = round(seconds * 1e6)
        described = f"{needed / 1e6:g} s", f"{has / 1e6:g} s"
    else:
        stride = clip.stride * faster if clip.sampling == "dense" else 1
        needed, has = round(steps * stride) + 1, frames
        described = f"{needed} frames", str(has)
    return described if has < needed else None


def _length_setting(clip: batch.ClipSpec) -> str:
    if clip.by_time:
        return "stride_seconds"
    can_stride = clip.sampling == "dense" and clip.stride > 1
    return "stride" if can_stride else "frames"
