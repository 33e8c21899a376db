"""What an inspection of shards finds."""

import dataclasses
from typing import Any

import numpy as np

from launch.embedding import labelled_clips
from launch.inspection import label_errors, near_duplicates, outliers
from tfrecords_tools.base import settings
from tfrecords_tools.base.text import printable


@dataclasses.dataclass(frozen=True)
class Config:
    """Thresholds of the lists."""

    confidence: float = settings.setting(
        0.8,
        "A label is listed as a probable error if another one is more "
        "probable, and at least this share as probable as for clips that "
        "have it; larger values give shorter lists.",
        minimum=0.0,
    )
    duplicates: float = settings.setting(
        0.2,
        "Largest distance of near-duplicates, in units of the usual distance "
        "of a clip to its nearest neighbour.",
        minimum=0.0,
    )
    outliers: float = settings.setting(
        5.0,
        "Robust standard deviations from which the distance of a clip to its "
        "neighbours makes it an outlier.",
        minimum=0.0,
    )


@dataclasses.dataclass(frozen=True)
class Findings:
    """The lists, each with the clearest case first."""

    suspects: list[label_errors.Suspect]
    pairs: list[near_duplicates.Pair]
    outliers: list[outliers.Outlier]
    clusters: list[outliers.Cluster]
    agreement: float
    """Share of judged clips whose label is the most probable one."""
    unjudged: str = ""
    """Why labels are not judged, all of them or some; a clause."""

    is_judged: bool = True
    """Whether any label is judged."""

    @property
    def counts(self) -> dict[str, int]:
        """Length of each list, by what it holds."""
        return {
            "probable label errors": len(self.suspects),
            "near-duplicates with different labels": len(self.pairs),
            "outliers": len(self.outliers),
            "clusters without a label": len(self.clusters),
        }


def find(clips: labelled_clips.LabelledClips, config: Config) -> Findings:
    """Inspects clips.

    Label errors need two labels that have clips of two groups each; labels of
    one group are not judged.
    """
    can_judge = label_errors.judged(clips)
    known = np.isin(clips.labels, np.flatnonzero(can_judge))
    suspects, agreement = [], 1.0
    if can_judge.sum() > 1:
        probability = label_errors.probabilities(clips)
        suspects = label_errors.find(clips, probability, config.confidence)
        same = probability.argmax(1)[known] == clips.labels[known]
        agreement = float(same.mean())
    return Findings(
        suspects,
        near_duplicates.find(clips, config.duplicates),
        outliers.find(clips, config.outliers),
        outliers.clusters(clips),
        agreement,
        _unjudged(clips, can_judge),
        bool(can_judge.sum() > 1),
    )


def _unjudged(
    clips: labelled_clips.LabelledClips, can_judge: np.ndarray
) -> str:
    """Why labels are not judged; empty if all are."""
    if can_judge.sum() < 2:
        return (
            "no label is judged: a clip is judged by clips of other groups, "
            "and fewer than two labels have clips of two groups (column "
            "`group` of report.csv)"
        )
    places = np.unique(clips.labels[clips.labels >= 0])
    alone = [clips.names[each] for each in places if not can_judge[each]]
    if not alone:
        return ""
    return "not judged, since their clips are of one group each: " + (
        ", ".join(map(printable.name, alone))
    )


def to_json(
    clips: labelled_clips.LabelledClips, findings: Findings
) -> list[dict[str, Any]]:
    """One row a case, JSON values: its kind, its clips, and why."""
    names = clips.names
    rows: list[dict[str, Any]] = [
        {
            "kind": "label_error",
            "clips": [describe(clips, each.place)],
            "suggested": names[each.suggested],
            "probability": each.probability,
            "given_probability": each.given_probability,
        }
        for each in findings.suspects
    ]
    rows += [
        {
            "kind": "near_duplicates",
            "clips": [describe(clips, place) for place in each.places],
            "distance": each.distance,
        }
        for each in findings.pairs
    ]
    rows += [
        {
            "kind": "outlier",
            "clips": [describe(clips, each.place)],
            "deviations": each.deviations,
        }
        for each in findings.outliers
    ]
    rows += [
        {
            "kind": "unlabelled_cluster",
            "clips": [describe(clips, place) for place in each.places],
            "nearest": names[each.nearest] if each.nearest >= 0 else None,
        }
        for each in findings.clusters
    ]
    return rows


def describe(clips: labelled_clips.LabelledClips, place: int) -> dict[str, Any]:
    """Where a clip is, JSON values."""
    clip, label = clips.clips[place], int(clips.labels[place])
    return {
        "split": clip.place.split,
        "clip": clip.place.number,
        "path": printable.in_unicode(clip.place.path),
        "seconds": [clip.start_seconds, clip.end_seconds],
        "label": clips.names[label] if label >= 0 else None,
    }
