"""Finds videos that are in a data set more than once.

Exact copies are byte-identical; near copies were re-encoded, scaled, slightly
cropped or brightened, or have another frame rate or a logo. Excerpts,
mirrored and slowed copies are not found. splitting/copies.py handles copies.
"""

import dataclasses
from collections.abc import Mapping

from tfrecords_tools.base import settings
from tfrecords_tools.video_analysis import (
    alike_videos,
    disjoint_sets,
    video_survey,
)

Groups = tuple[tuple[str, ...], ...]


@dataclasses.dataclass(frozen=True)
class Config:
    """What counts as a copy, and what happens to copies."""

    distance: float = settings.setting(
        0.36,
        "Maximum cosine distance between the motion fingerprints of two "
        "copies, 0 to 1; 0 finds only byte-identical files.",
        minimum=0,
        maximum=1,
    )
    action: str = settings.setting(
        "tie",
        "tie: keep copies and put them into one split; drop: keep one copy "
        "and report the others. A copy whose given split differs from that "
        "of an evaluation copy is dropped either way.",
        choices=("tie", "drop"),
    )


def find(
    surveys: Mapping[str, video_survey.Survey], config: Config = Config()
) -> Groups:
    """Groups videos that are copies of each other.

    Args:
        surveys: path to survey; failed ones are ignored.
        config: what counts as a copy.

    Returns:
        Groups of at least two paths, each sorted, in order of their first.
        A copy of a copy is in the group too.
    """
    sets = disjoint_sets.DisjointSets()
    same_bytes: dict[str, list[str]] = {}
    for path in sorted(surveys):
        if surveys[path].status == "ok":
            same_bytes.setdefault(surveys[path].sha256, []).append(path)
    for paths in same_bytes.values():
        sets.join(paths)
    # One per group, else a thousand copies would be a million pairs.
    firsts = [paths[0] for paths in same_bytes.values()]
    prints = {path: surveys[path].fingerprint for path in firsts}
    known = [path for path in firsts if prints[path] is not None]
    if config.distance:
        found = alike_videos.pairs(
            [prints[path] for path in known], config.distance
        )
        for first, second in found:
            sets.join([known[first], known[second]])
    groups: dict[str, list[str]] = {}
    for paths in same_bytes.values():
        for path in paths:
            groups.setdefault(sets.first(path), []).append(path)
    return tuple(
        tuple(sorted(groups[first]))
        for first in sorted(groups)
        if len(groups[first]) > 1
    )
