"""Settles which split every clip is in, so that it stays there.

Given splits are obeyed. A video of the standing data set keeps the split
that it has there. Any other split is drawn from the group alone, and videos
that are copies of each other never stand in two splits.

With the standing data set known, no video ever changes its split. Without
it, a drawn split depends on nothing but the group of the video that is the
first by path among all that are tied: a new video may then change the split
of an old one only if it is a copy of it and its path sorts before it, or if
it ties together two that were not tied.
"""

import dataclasses
from collections.abc import Iterable, Mapping

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.survey import disjoint_sets

Dropped = tuple[annotations.Clip, str]

# The later wins: what a model is tested on must not be in training.
_RANKS = {name: rank for rank, name in enumerate(annotations.SPLITS)}


def settle(
    clips: list[annotations.Clip],
    duplicate_groups: Iterable[Iterable[str]] = (),
    known: Mapping[str, str] | None = None,
    action: str = "tie",
) -> tuple[list[annotations.Clip], list[Dropped]]:
    """Settles the split and group of every clip.

    Args:
        clips: rows as `annotations.check` gives them.
        duplicate_groups: paths of videos that are copies of each other.
        known: path to split of the videos that the standing data set holds;
            an empty split is not known.
        action: `tie` keeps copies, in one split and one group; `drop` keeps
            one video of each group of copies: that for evaluation, else one
            that is given or known, else the first by path.

    Returns:
        The clips that stay, in their order, and those that are dropped,
        with the reason. Copies that are given or known to be in different
        splits are not tied: those for evaluation stay (test before
        validation), the others are dropped. What `drop` drops has no split
        any more, so that it is not known the next time.

    Raises:
        UserError: videos of one group stand in two splits of the standing
            data set, and the rows do not say which is meant.
    """
    known = {
        path: split
        for path, split in (known or {}).items()
        if split in annotations.SPLITS
    }
    videos = _Videos(clips, known)
    groups = [
        sorted(set(paths) & set(videos.unit))
        for paths in sorted(map(sorted, duplicate_groups))
    ]
    groups = [paths for paths in groups if len(paths) > 1]
    dropped: dict[str, str] = {}
    if action == "drop":
        dropped = _all_but_one(groups, videos, known)
        groups = []
    split = _drawn(groups, videos)
    if action == "tie":
        dropped = _conflicts(groups, videos, split)
    kept, gone = _applied(clips, groups, videos, split, dropped)
    if action == "drop":
        gone = [(dataclasses.replace(c, split=""), why) for c, why in gone]
    return kept, gone


class _Videos:
    """The videos and the units that can only have one split.

    Attributes:
        unit: path to its unit, the smallest name of groups that share
            videos.
        group: path to its group, the smallest if there are several.
        fixed: unit to the split that is given or known.
    """

    def __init__(
        self, clips: list[annotations.Clip], known: Mapping[str, str]
    ) -> None:
        sets = disjoint_sets.DisjointSets()
        self.group: dict[str, str] = {}
        for clip in clips:
            group = self.group.setdefault(clip.path, clip.group)
            if group != clip.group:
                sets.join([group, clip.group])
                self.group[clip.path] = min(group, clip.group)
        self.unit = {path: sets.first(g) for path, g in self.group.items()}
        self.fixed = {
            self.unit[clip.path]: clip.split for clip in clips if not clip.drawn
        }
        self._keep(known)

    def _keep(self, known: Mapping[str, str]) -> None:
        first: dict[str, str] = {}
        for path in sorted(set(known) & set(self.unit)):
            unit = self.unit[path]
            if unit in self.fixed and unit not in first:
                continue  # Given.
            other = first.setdefault(unit, path)
            if known[other] != known[path]:
                raise errors.UserError(
                    f"group {unit!r} has {other} in {known[other]} and {path} "
                    f"in {known[path]} of the data set that stands there: "
                    "give the group a split, or build anew with --replace"
                )
            self.fixed[unit] = known[path]


def _all_but_one(
    groups: list[list[str]], videos: _Videos, known: Mapping[str, str]
) -> dict[str, str]:
    """Path to reason, of all copies but the one that stays."""

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


def _drawn(groups: list[list[str]], videos: _Videos) -> dict[str, str]:
    """Unit to split; units that copies tie together are drawn as one."""
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
    keys: dict[str, str] = {}
    for path in sorted(videos.unit):
        keys.setdefault(ties.first(videos.unit[path]), videos.group[path])
    split = dict(videos.fixed)
    for unit in set(videos.unit.values()) - set(split):
        first = ties.first(unit)
        near = fixed.get(first)
        drawn = annotations.draw_split(keys[first])
        split[unit] = max(near, key=_RANKS.__getitem__) if near else drawn
    return split


def _conflicts(
    groups: list[list[str]], videos: _Videos, split: Mapping[str, str]
) -> dict[str, str]:
    """Path to reason, of copies in a split that must not hold them."""
    dropped = {}
    for paths in groups:
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


def _applied(
    clips: list[annotations.Clip],
    groups: list[list[str]],
    videos: _Videos,
    split: Mapping[str, str],
    dropped: Mapping[str, str],
) -> tuple[list[annotations.Clip], list[Dropped]]:
    ties = disjoint_sets.DisjointSets()
    for paths in groups:
        ties.join({videos.unit[p] for p in paths if p not in dropped})
    kept, gone = [], []
    for clip in clips:
        unit = videos.unit[clip.path]
        if clip.path in dropped:
            gone.append((clip, dropped[clip.path]))
            continue
        tied = ties.first(unit)
        group = clip.group if tied == unit else tied
        if (clip.split, clip.group) != (split[unit], group):
            clip = dataclasses.replace(clip, split=split[unit], group=group)
        kept.append(clip)
    return kept, gone
