"""Ways to cut annotated spans into clips, chosen by `--cut`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    from tfrecords_tools.video_analysis import video_survey

    Span = tuple[int, int | None]


class Cut(offers.File, Protocol):
    """A way to cut clips."""

    NEEDS: tuple[str, ...]
    """What `cut` needs from the video analysis: `"duration"`, `"shots"`."""

    def cut(
        self,
        config: Any,
        survey: video_survey.Survey | None,
        start: int,
        end: int | None,
    ) -> tuple[Span, ...]:
        """Cuts `[start, end)` into spans, in microseconds and in temporal
        order; an end of None is the end of the video."""
