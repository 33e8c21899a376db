"""Cuts a span into consecutive windows of equal length.

The first window starts with the span, or with the first frame if that comes
later.
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
        "Fraction of a window that the next one repeats; at 0.5 each window "
        "starts in the middle of the one before.",
        minimum=0,
        maximum=0.99,
    )
    least: float = settings.setting(
        0.5,
        "Shortest last window, as a fraction of a whole one; a shorter "
        "remainder is dropped, also if it is the whole span. 0 keeps every "
        "remainder, 1 only whole windows.",
        minimum=0,
        maximum=1,
    )

    def __post_init__(self) -> None:
        if self.seconds * (1 - self.overlap) < 0.001:
            raise errors.UserError(
                f"--windows.overlap={self.overlap} of --windows.seconds="
                f"{self.seconds} moves windows by less than a "
                "millisecond: lower the overlap"
            )


def cut(
    config: Config,
    survey: video_survey.Survey,
    start: int,
    end: int | None,
) -> tuple[tuple[int, int | None], ...]:
    """Returns windows within [start, end), in order of time.

    Args:
        config: length and overlap.
        survey: has the start and end of the video.
        start: microseconds from the container's start.
        end: exclusive; None is the video's end.

    Returns:
        Spans in microseconds. Without overlap each frame is in exactly one
        of them, except for frames of a dropped last window.
    """
    start, end = survey.within(start, end)
    # Exact, so that a window starts where the previous one ends.
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
