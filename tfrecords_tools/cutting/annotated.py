"""Leaves every annotated span as it is: one row, one clip."""

import dataclasses

from tfrecords_tools.video_analysis import video_survey

NEEDS = ()


@dataclasses.dataclass(frozen=True)
class Config:
    """This way of cutting has no settings."""


def cut(
    config: Config,
    survey: video_survey.Survey | None,
    start: int,
    end: int | None,
) -> tuple[tuple[int, int | None], ...]:
    """The span itself, whatever the video is.

    Args:
        config: nothing.
        survey: not looked at.
        start: microseconds from the container's start.
        end: exclusive; None is the video's end.
    """
    return ((start, end),)
