"""Runs the chosen cleaning steps on one clip.

One pass over the clip feeds all steps that need it. The order of the edits
follows from the steps, not from the order in which they were named.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import registry
from tfrecords_tools.media import reader, video_metadata
from tfrecords_tools.media.frames import analysis_frames, frame_edits


class Decision(NamedTuple):
    """The result of all steps for one clip.

    Attributes:
        edits: of its frames.
        columns: name of a step to text for its column.
        dropped: why the clip is dropped; empty if it is stored.
    """

    edits: frame_edits.FrameEdits
    columns: dict[str, str]
    dropped: str


NOTHING = Decision(frame_edits.NONE, {}, "")


def decide(
    steps: Sequence[registry.Chosen],
    path: str | os.PathLike,
    media: reader.Config,
    start: int,
    end: int | None,
    metadata: video_metadata.VideoMetadata,
) -> Decision:
    """Examines a clip as far as the steps need it, and decides.

    Args:
        steps: chosen files of `cleaning/`; files without a `build` examine the
            data set as a whole and are ignored here.
        path: the video.
        media: how its frames will be picked and stored.
        start: of the clip, microseconds from the container's start.
        end: exclusive; None is the video's end.
        metadata: of the video.

    Raises:
        VideoError: the video cannot be read to the clip's end.
        UserError: FFmpeg lacks a filter.
    """
    built = {each.name: each.build() for each in steps if _judges(each)}
    ordered = sorted(built, key=lambda name: (built[name].place, name))
    in_order = {name: built[name] for name in ordered}
    looking = [step for step in in_order.values() if step.frames_per_second]
    if looking:
        _look(looking, path, media.max_pixels, start, end)
    verdicts = {
        name: step.verdict(metadata)
        for name, step in in_order.items()
        if not step.watches
    }
    dropped = "; ".join(v.dropped for v in verdicts.values() if v.dropped)
    watching = {name: step for name, step in in_order.items() if step.watches}
    columns = {name: "not sought" for name in watching}
    if watching and not dropped:
        edits = _joined(list(verdicts.values()))
        _watch(list(watching.values()), path, media, start, end, edits)
        verdicts |= {n: step.verdict(metadata) for n, step in watching.items()}
    columns |= {name: verdict.column for name, verdict in verdicts.items()}
    edits = _joined([verdicts[name] for name in ordered if name in verdicts])
    return Decision(edits, {n: columns[n] for n in ordered}, dropped)


def _judges(chosen: registry.Chosen) -> bool:
    return chosen.module.build is not None


def _look(
    steps: list[cleaning_step.Step],
    path: str | os.PathLike,
    max_pixels: int,
    start: int,
    end: int | None,
) -> None:
    """Passes frames to every step, at the rate that it needs."""
    measures = tuple(
        dict.fromkeys(each for step in steps for each in step.measures)
    )
    due = [float(start)] * len(steps)
    for frame in analysis_frames.read(path, max_pixels, start, end, measures):
        for place, step in enumerate(steps):
            # Halves of a microsecond come from rounded frame times.
            if frame.time + 1 >= due[place]:
                step.examine(frame)
                period = 1_000_000 / step.frames_per_second
                due[place] = max(due[place] + period, frame.time)


def _watch(
    steps: list[cleaning_step.Step],
    path: str | os.PathLike,
    media: reader.Config,
    start: int,
    end: int | None,
    edits: frame_edits.FrameEdits,
) -> None:
    """Passes the frames to be stored without these steps to them."""

    def shown(planes: frame_edits.Planes) -> frame_edits.Planes:
        for step in steps:
            step.watch(planes)
        return planes

    watched = frame_edits.FrameEdits(
        edits.filters, edits.left_out, (*edits.retouches, shown)
    )
    span = start / 1e6, None if end is None else end / 1e6
    for _ in reader.read_frames(path, media.as_jpeg(), *span, watched):
        pass


def _joined(verdicts: list[cleaning_step.Verdict]) -> frame_edits.FrameEdits:
    """Joins verdicts, given in order, to one set of edits."""
    return frame_edits.FrameEdits(
        filters=tuple(f for each in verdicts for f in each.filters),
        left_out=tuple(
            sorted(span for each in verdicts for span in each.left_out)
        ),
        retouches=tuple(r for each in verdicts for r in each.retouches),
    )
