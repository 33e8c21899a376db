"""Handles videos that are copies of each other.

If copies are in different splits, evaluation copies stay, so that no test
video is in training.
"""

from collections.abc import Iterable, Mapping

from tfrecords_tools import annotations
from tfrecords_tools.splitting import video_units
from tfrecords_tools.video_analysis import disjoint_sets

_RANKS = {name: rank for rank, name in enumerate(annotations.SPLITS)}


def find_groups(
    paths: Iterable[Iterable[str]], videos: video_units.VideoUnits
) -> list[list[str]]:
    """Returns the groups of at least two copies, in order."""
    found = [
        sorted(set(group) & set(videos.unit))
        for group in sorted(map(sorted, paths))
    ]
    return [group for group in found if len(group) > 1]


def drop_all_but_one(
    groups: list[list[str]],
    videos: video_units.VideoUnits,
    known: Mapping[str, str],
) -> dict[str, str]:
    """Maps all copies except the one that stays to the reason."""

    def order(path: str) -> tuple:
        split = videos.fixed.get(videos.unit[path])
        return -_RANKS.get(split, -1), path not in known, path

    dropped = {}
    for paths in groups:
        kept = min(paths, key=order)
        for path in paths:
            if path != kept:
                dropped[path] = f"is a copy of {kept}"
    return dropped


def follow_copies(
    groups: list[list[str]], videos: video_units.VideoUnits
) -> tuple[disjoint_sets.DisjointSets, dict[str, str]]:
    """The units that copies tie together, and unit to split where it is
    fixed, or where that of a copy is."""
    ties = disjoint_sets.DisjointSets()
    fixed: dict[str, list[str]] = {}
    for paths in groups:
        units = {videos.unit[path] for path in paths}
        ties.join(units - set(videos.fixed))
    for paths in groups:
        units = {videos.unit[path] for path in paths}
        for unit in units - set(videos.fixed):
            near = [videos.fixed[u] for u in units if u in videos.fixed]
            fixed.setdefault(ties.first(unit), []).extend(near)
    split = dict(videos.fixed)
    for unit in set(videos.unit.values()) - set(split):
        if near := fixed.get(ties.first(unit)):
            split[unit] = max(near, key=_RANKS.__getitem__)
    return ties, split


def find_conflicts(
    groups: list[list[str]],
    videos: video_units.VideoUnits,
    split: Mapping[str, str],
) -> dict[str, str]:
    """Maps copies in a split that must not hold them to the reason."""
    dropped = {}
    for paths in groups:
        if videos.unit[paths[0]] not in split:
            continue  # They are drawn as one.
        of = {path: split[videos.unit[path]] for path in paths}
        best = max(of.values(), key=_RANKS.__getitem__)
        kept = min(path for path in paths if of[path] == best)
        for path in paths:
            if of[path] != best:
                dropped[path] = (
                    f"is a copy of {kept}, which is in {best}: not used for "
                    f"{of[path]}"
                )
    return dropped
