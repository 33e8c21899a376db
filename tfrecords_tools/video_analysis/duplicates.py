"""Finds videos that stand in a data set more than once.

Exact copies have the same bytes; near ones were encoded again, scaled,
slightly cropped or brightened, got another frame rate or a logo. A part of
a video, a mirrored or a slowed one is not found. What becomes of copies is
settled in splits.py.
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
    """What counts as a copy, and what is done with it."""

    distance: float = settings.setting(
        0.36,
        "How far apart the motions of two copies may be, the cosine distance "
        "of their fingerprints, 0 to 1. 0 takes only files of the same bytes.",
        minimum=0,
        maximum=1,
    )
    action: str = settings.setting(
        "tie",
        "tie keeps copies and puts them into one split; drop keeps one of "
        "them, with its rows, and reports the others. A copy that is given "
        "to another split than a copy for evaluation is dropped either way.",
        choices=("tie", "drop"),
    )


def find(
    surveys: Mapping[str, video_survey.Survey], config: Config = Config()
) -> Groups:
    """Groups videos that are copies of each other.

    Args:
        surveys: path to survey; those that failed are passed over.
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
    # One of each is enough, or a thousand copies would be a million pairs.
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
