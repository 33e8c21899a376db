"""The table of launch.inspect: four lists, a line a case."""

from collections.abc import Iterator

from launch.embedding import labelled_clips
from launch.inspection import findings as inspections
from launch.inspection import (
    inspection_notes,
    label_errors,
    near_duplicates,
    outliers,
)
from tfrecords_tools.base.text import printable


def lines(
    clips: labelled_clips.LabelledClips,
    findings: inspections.Findings,
    most: int,
    is_trained: bool = False,
) -> Iterator[str]:
    """Yields the lines.

    Args:
        clips: that were inspected.
        findings: about them.
        most: cases of each list.
        is_trained: whether the encoder was trained by launch.train.
    """
    names = _Names(clips)
    yield f"{len(clips.clips)} clips"
    yield from inspection_notes.lines(findings, is_trained)
    found = findings.suspects, findings.pairs, findings.outliers
    every = (*found, findings.clusters)
    formats = names.suspect, names.pair, names.outlier, names.cluster
    for what, cases, to_line in zip(
        findings.counts, every, formats, strict=True
    ):
        yield f"{what}: {len(cases)}"
        yield from (f"  {to_line(each)}" for each in cases[:most])
        if len(cases) > most:
            yield f"  ... and {len(cases) - most} more"


class _Names:
    """A line of each kind of case."""

    def __init__(self, clips: labelled_clips.LabelledClips):
        self._clips = clips

    def suspect(self, case: label_errors.Suspect) -> str:
        given, suggested = map(self._label, (case.given, case.suggested))
        clip = self._clip(case.place)
        return f"{case.margin:.2f}  {given} -> {suggested}  {clip}"

    def pair(self, case: near_duplicates.Pair) -> str:
        both = "  ".join(map(self._labelled, case.places))
        return f"{case.distance:.2f}  {both}"

    def outlier(self, case: outliers.Outlier) -> str:
        return f"{case.deviations:.1f}  {self._labelled(case.place)}"

    def cluster(self, case: outliers.Cluster) -> str:
        near = f" near {self._label(case.nearest)}" * (case.nearest >= 0)
        first = self._clip(case.places[0])
        return f"{len(case.places)} clips{near}, such as {first}"

    def _labelled(self, place: int) -> str:
        label = self._label(int(self._clips.labels[place]))
        return f"{label}: {self._clip(place)}"

    def _label(self, label: int) -> str:
        known = self._clips.names
        return printable.name(known[label]) if label >= 0 else "no label"

    def _clip(self, place: int) -> str:
        clip = self._clips.clips[place].place
        return f"{clip.split} {clip.number}, {printable.name(clip.path)}"
