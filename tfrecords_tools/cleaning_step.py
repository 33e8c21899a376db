"""What a file in `cleaning/` makes: a step that judges one clip.

A step first looks at the clip, then says what is to be done with it; it
changes nothing itself.
"""

import dataclasses
from collections.abc import Callable

from tfrecords_tools.media import video_facts
from tfrecords_tools.media.frames import looks, treatment


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What a step found and wants.

    Attributes:
        column: for its column in the report, never empty.
        dropped: why the clip is not to be stored; empty where it is.
        filters: FFmpeg filters for the decoded pictures.
        left_out: spans in microseconds that are not to be stored, sorted.
        retouches: functions of the stored picture, see `treatment`.
    """

    column: str
    dropped: str = ""
    filters: tuple[str, ...] = ()
    left_out: tuple[tuple[int, int], ...] = ()
    retouches: tuple[Callable[[treatment.Planes], treatment.Planes], ...] = ()


class Step:
    """One cleaning step at work on one clip.

    Attributes:
        place: steps with lower numbers treat a picture first.
        looks_a_second: how often `see` is called; 0 is never, `math.inf`
            for every frame.
        measures: FFmpeg filters whose notes it wants to see.
        watches: whether `watch` is called.
    """

    place: int = 50
    looks_a_second: float = 0.0
    measures: tuple[str, ...] = ()
    watches: bool = False

    def see(self, look: looks.Look) -> None:
        """Is shown frames of the clip in order, as they were decoded."""

    def watch(self, planes: treatment.Planes) -> None:
        """Is shown all pictures to be stored, as the other steps leave them.

        That costs another pass. `planes` are those that a retouch gets.
        """

    def verdict(self, facts: video_facts.Facts) -> Verdict:
        """Says what is to be done, when it has seen all."""
        raise NotImplementedError
