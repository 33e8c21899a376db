"""Keeps every annotated span unchanged: one row, one clip."""

import dataclasses

from tfrecords_tools.video_analysis import video_survey

NEEDS = ()


@dataclasses.dataclass(frozen=True)
class Config:
    """No settings."""


def cut(
    config: Config,
    survey: video_survey.Survey | None,
    start: int,
    end: int | None,
) -> tuple[tuple[int, int | None], ...]:
    """Returns the span itself.

    Args:
        config: unused.
        survey: unused.
        start: microseconds from the container's start.
        end: exclusive; None is the video's end.
    """
    return ((start, end),)
