"""Cuts a span at shot boundaries.

Boundaries are detected once per video, by video_analysis/shot_boundaries.
"""

import dataclasses

from tfrecords_tools.base import errors, settings
from tfrecords_tools.video_analysis import shot_boundaries, video_survey

NEEDS = ("shots",)


@dataclasses.dataclass(frozen=True)
class Config(shot_boundaries.Config):
    """How shots are detected, and how long they may be."""

    maximum_seconds: float | None = settings.setting(
        None,
        "Longer shots are cut into equal spans of at most this length; "
        "unset: shots stay whole.",
        minimum=0.01,
    )

    def __post_init__(self) -> None:
        most = self.maximum_seconds
        if most is not None and most < 2 * self.minimum_seconds:
            raise errors.UserError(
                f"--shots.maximum_seconds={most}: wanted at least twice "
                f"--shots.minimum_seconds={self.minimum_seconds}, since "
                "spans may be half as long as the maximum"
            )


def cut(
    config: Config,
    survey: video_survey.Survey,
    start: int,
    end: int | None,
) -> tuple[tuple[int, int | None], ...]:
    """Returns the shots within [start, end), in order of time.

    Args:
        config: limits of the length.
        survey: has the shot boundaries.
        start: microseconds from the container's start.
        end: exclusive; None is the video's end.

    Returns:
        Spans in microseconds. Shots shorter than the minimum, such as those
        cut off by the ends of the span, are dropped; if no longer shot is
        left, the span stays whole.
    """
    start, end = survey.within(start, end)
    if start >= end:
        return ()
    inside = [each for each in survey.shots if start < each < end]
    places = [start, *inside, end]
    least = 1_000_000 * config.minimum_seconds
    shots = [
        (first, last)
        for first, last in zip(places, places[1:], strict=False)
        if last - first >= least
    ]
    return tuple(
        span
        for shot in shots or [(start, end)]
        for span in _equal_spans(*shot, config.maximum_seconds)
    )


def _equal_spans(
    first: int, last: int, maximum_seconds: float | None
) -> list[tuple[int, int | None]]:
    most = 1_000_000 * maximum_seconds if maximum_seconds else last - first
    count = max(1, int(-(-(last - first) // most)))
    places = [
        first + (last - first) * number // count for number in range(count + 1)
    ]
    return list(zip(places, places[1:], strict=False))
