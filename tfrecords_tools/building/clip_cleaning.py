"""Joins the chosen cleaning steps for one clip.

One pass looks at the clip where a step asks for it. The order in which
pictures are treated follows from the steps, not from how they were named.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import registry
from tfrecords_tools.media import reader, video_facts
from tfrecords_tools.media.frames import looks, treatment


class Decision(NamedTuple):
    """What is done with a clip.

    Attributes:
        treatment: of its pictures.
        columns: name of a step to what it found.
        dropped: why it is not to be stored; empty where it is.
    """

    treatment: treatment.Treatment
    columns: dict[str, str]
    dropped: str


NOTHING = Decision(treatment.NONE, {}, "")


def decide(
    steps: Sequence[registry.Chosen],
    path: str | os.PathLike,
    media: reader.Config,
    start: int,
    end: int | None,
    facts: video_facts.Facts,
) -> Decision:
    """Looks at a clip as far as the steps ask for it, and decides.

    Args:
        steps: chosen files of `cleaning/`; those without a `build` judge
            the data set as a whole and have no say here.
        path: the video.
        media: how its frames will be picked and stored.
        start: of the clip, microseconds from the container's start.
        end: exclusive; None is the video's end.
        facts: what the file says.

    Raises:
        VideoError: the video cannot be read to the clip's end.
        UserError: FFmpeg lacks a filter.
    """
    built = {each.name: each.build() for each in steps if _judges(each)}
    ordered = sorted(built, key=lambda name: (built[name].place, name))
    made = {name: built[name] for name in ordered}
    looking = [step for step in made.values() if step.looks_a_second]
    if looking:
        _look(looking, path, media.max_pixels, start, end)
    verdicts = {
        name: step.verdict(facts)
        for name, step in made.items()
        if not step.watches
    }
    dropped = "; ".join(v.dropped for v in verdicts.values() if v.dropped)
    watching = {name: step for name, step in made.items() if step.watches}
    columns = {name: "not sought" for name in watching}
    if watching and not dropped:
        treated = _joined(list(verdicts.values()))
        _watch(list(watching.values()), path, media, start, end, treated)
        verdicts |= {n: step.verdict(facts) for n, step in watching.items()}
    columns |= {name: verdict.column for name, verdict in verdicts.items()}
    treated = _joined([verdicts[name] for name in ordered if name in verdicts])
    return Decision(treated, {n: columns[n] for n in ordered}, dropped)


def _judges(chosen: registry.Chosen) -> bool:
    return chosen.module.build is not None


def _look(
    steps: list[cleaning_step.Step],
    path: str | os.PathLike,
    max_pixels: int,
    start: int,
    end: int | None,
) -> None:
    """Shows every step as many frames as it wants."""
    measures = tuple(
        dict.fromkeys(each for step in steps for each in step.measures)
    )
    due = [float(start)] * len(steps)
    for look in looks.read(path, max_pixels, start, end, measures):
        for place, step in enumerate(steps):
            # Halves of a microsecond come from rounded frame times.
            if look.time + 1 >= due[place]:
                step.see(look)
                period = 1_000_000 / step.looks_a_second
                due[place] = max(due[place] + period, look.time)


def _watch(
    steps: list[cleaning_step.Step],
    path: str | os.PathLike,
    media: reader.Config,
    start: int,
    end: int | None,
    treated: treatment.Treatment,
) -> None:
    """Shows the steps what would be stored without them."""

    def shown(planes: treatment.Planes) -> treatment.Planes:
        for step in steps:
            step.watch(planes)
        return planes

    watched = treatment.Treatment(
        treated.filters, treated.left_out, (*treated.retouches, shown)
    )
    span = start / 1e6, None if end is None else end / 1e6
    for _ in reader.read_frames(path, media.as_jpeg(), *span, watched):
        pass


def _joined(verdicts: list[cleaning_step.Verdict]) -> treatment.Treatment:
    """The verdicts, already in their order, as one treatment."""
    return treatment.Treatment(
        filters=tuple(f for each in verdicts for f in each.filters),
        left_out=tuple(
            sorted(span for each in verdicts for span in each.left_out)
        ),
        retouches=tuple(r for each in verdicts for r in each.retouches),
    )
