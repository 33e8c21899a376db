"""Cuts a span into windows of one length, one behind the other.

The first window begins where the span begins, or with the first frame if
that comes later.
"""

import dataclasses
from fractions import Fraction

from tfrecords_tools.base import errors, settings
from tfrecords_tools.video_analysis import video_survey

NEEDS = ("duration",)


@dataclasses.dataclass(frozen=True)
class Config:
    """Length and overlap of the windows."""

    seconds: float = settings.setting(
        10.0, "Length of a window, seconds.", minimum=0.001
    )
    overlap: float = settings.setting(
        0.0,
        "Part of a window that the next one shows again: at 0.5 each begins "
        "in the middle of the one before.",
        minimum=0,
        maximum=0.99,
    )
    least: float = settings.setting(
        0.5,
        "The last window is shorter where the span ends; it is kept if at "
        "least this part of it is left. A span that is shorter than that "
        "altogether gives no window. 0 keeps all, 1 only whole ones.",
        minimum=0,
        maximum=1,
    )

    def __post_init__(self) -> None:
        if self.seconds * (1 - self.overlap) < 0.001:
            raise errors.UserError(
                f"--windows.overlap={self.overlap} of --windows.seconds="
                f"{self.seconds} leaves less than a millisecond from window "
                "to window: lower the overlap"
            )


def cut(
    config: Config,
    survey: video_survey.Survey,
    start: int,
    end: int | None,
) -> tuple[tuple[int, int | None], ...]:
    """Windows within [start, end), in order of time.

    Args:
        config: length and overlap.
        survey: says where the video begins and ends.
        start: microseconds from the container's start.
        end: exclusive; None is the video's end.

    Returns:
        Spans in microseconds. Without overlap each frame is in one of them,
        but for those of a last window that is not kept.
    """
    start, end = survey.within(start, end)
    # Exact, so that a window begins where the one before ends.
    length = 1_000_000 * Fraction(config.seconds)
    step = length * (1 - Fraction(config.overlap))
    windows: list[tuple[int, int | None]] = []
    covered = start
    while covered < end:
        # Multiples of the step: sums of rounded steps would drift.
        first = start + round(len(windows) * step)
        last = min(start + round(len(windows) * step + length), end)
        if last - first < config.least * round(length):
            break
        windows.append((first, last))
        covered = last
    return tuple(windows)
