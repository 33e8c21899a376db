"""Says before the first step whether the videos are long enough for a clip.

Only a clip that refuses short videos asks; the graph of clip_layout asserts
the same for each video that comes.
"""

from pipelines import batch
from tfrecords_tools.base import errors


def check(
    clip: batch.ClipSpec,
    shortest_frames: int,
    shortest_seconds: float,
    training: bool = True,
) -> None:
    """Raises UserError where the shortest video is too short for the clip.

    Args:
        clip: how many frames are taken, and how.
        shortest_frames: stored frames of the video that has the fewest.
        shortest_seconds: from the first frame's time to the end of the last,
            of the video where that is least.
        training: whether `speed_jitter` makes clips longer.
    """
    lacking = shortage(clip, shortest_frames, shortest_seconds, training)
    if lacking:
        needed, found = lacking
        raise errors.UserError(
            f"clip needs {needed}, shortest video has {found}: lower "
            f"--clip.{_length_setting(clip)} or set --clip.short=loop"
        )


def shortage(
    clip: batch.ClipSpec, frames: int, seconds: float, training: bool
) -> tuple[str, str] | None:
    """What a clip needs and a video has; None where the clip takes it.

    Args:
        clip: how many frames are taken, and how.
        frames: stored frames of the video.
        seconds: from its first frame's time to the end of its last.
        training: whether `speed_jitter` makes clips longer.
    """
    if clip.short != "refuse":
        return None
    faster = 1 + clip.speed_jitter if training else 1.0
    steps = clip.frames - 1
    if clip.by_time:
        needed = round(steps * clip.stride_seconds * faster * 1e6) + 1
        has = round(seconds * 1e6)
        told = f"{needed / 1e6:g} s", f"{has / 1e6:g} s"
    else:
        stride = clip.stride * faster if clip.sampling == "dense" else 1
        needed, has = round(steps * stride) + 1, frames
        told = f"{needed} frames", str(has)
    return told if has < needed else None


def _length_setting(clip: batch.ClipSpec) -> str:
    if clip.by_time:
        return "stride_seconds"
    can_stride = clip.sampling == "dense" and clip.stride > 1
    return "stride" if can_stride else "frames"
