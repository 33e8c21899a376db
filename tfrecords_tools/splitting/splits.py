"""Settles which split every clip is in, so that it stays there.

Given splits are obeyed, for the whole group. A video of the standing data
set keeps the split that it has there. The others are drawn so that every
split gets its share, of each label too; videos of one group, or that are
copies of each other, never stand in two splits.

With the standing data set known, no video ever changes its split. A video that
cannot be had for a while keeps its place there. Without the standing data
set, a draw depends on groups, labels and counts alone, not on the order of
the rows; new videos then move few of the old ones.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.media import video_names
from tfrecords_tools.splitting import split_shares, stratified_draw
from tfrecords_tools.video_analysis import disjoint_sets

Dropped = tuple[annotations.Clip, str]

# The later wins: what a model is tested on must not be in training.
_RANKS = {name: rank for rank, name in enumerate(annotations.SPLITS)}


def settle(
    clips: list[annotations.Clip],
    duplicate_groups: Iterable[Iterable[str]] = (),
    known: Mapping[str, str] | None = None,
    action: str = "tie",
    shares: split_shares.Config = split_shares.Config(),
    times: Callable[[annotations.Clip], int] = lambda clip: 1,
) -> tuple[list[annotations.Clip], list[Dropped]]:
    """Settles the split and group of every clip.

    Args:
        clips: rows as `annotations.check` gives them. Those with `absent`
            keep the split that is given or known, or that of their group;
            they count where they stand, but are not drawn.
        duplicate_groups: paths of videos that are copies of each other.
        known: path to split of the videos that the standing data set holds;
            an empty split is not known.
        action: `tie` keeps copies, in one split and one group; `drop` keeps
            one video of each group of copies: that for evaluation, else one
            that is given or known, else the first by path.
        shares: how large the splits are, with what is given and known.
        times: as how many clips a row counts; an absent one counts as
            the others do on average.

    Returns:
        The clips that stay, in their order, and those that are dropped,
        with the reason. Copies that are given or known to be in different
        splits are not tied: those for evaluation stay (test before
        validation), the others are dropped. What `drop` drops has no split
        any more, so that it is not known the next time.

    Raises:
        UserError: videos of one group are given two splits, or stand in two
            splits of the standing data set and the rows do not say which is
            meant; or the shares cannot be read.
    """
    sizes = split_shares.whole(shares)
    known = {
        path: split
        for path, split in (known or {}).items()
        if split in annotations.SPLITS
    }
    clips = [
        dataclasses.replace(clip, split=clip.split or known.get(clip.path, ""))
        if clip.absent
        else clip
        for clip in clips
    ]
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
    ties, split = _followed(groups, videos)
    if action == "tie":
        dropped = _conflicts(groups, videos, split)
    counting = [
        (clip, times(clip))
        for clip in clips
        if clip.path not in dropped and not clip.absent
    ]
    usual = sum(count for _, count in counting) // max(len(counting), 1)
    counting += [
        (clip, usual)
        for clip in clips
        if clip.absent and videos.unit[clip.path] in split
    ]
    split |= _drawn(counting, videos, ties, split, sizes)
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
        self.fixed: dict[str, str] = {}
        first: dict[str, annotations.Clip] = {}
        for clip in clips:
            if clip.split and not clip.absent:
                unit = self.unit[clip.path]
                self.fixed[unit] = clip.split
                _refuse_two(unit, first.setdefault(unit, clip), clip)
        absent = [clip for clip in clips if clip.absent and clip.split]
        self._keep(known, {clip.path for clip in absent})
        for clip in absent:  # They contradict nobody.
            self.fixed.setdefault(self.unit[clip.path], clip.split)

    def _keep(self, known: Mapping[str, str], absent: set[str]) -> None:
        first: dict[str, str] = {}
        for path in sorted((set(known) & set(self.unit)) - absent):
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


def _refuse_two(
    unit: str, one: annotations.Clip, other: annotations.Clip
) -> None:
    if one.split != other.split:
        raise errors.UserError(
            f"group {unit!r}, joined by videos that stand in several groups, "
            f"has {one.path} in {one.split} ({one.origin or 'another row'}) "
            f"and {other.path} in {other.split} "
            f"({other.origin or 'another row'}): give it one split"
        )


def _followed(
    groups: list[list[str]], videos: _Videos
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


def _drawn(
    counting: list[tuple[annotations.Clip, int]],
    videos: _Videos,
    ties: disjoint_sets.DisjointSets,
    split: Mapping[str, str],
    shares: Mapping[str, int],
) -> dict[str, str]:
    """Unit to split, of those that have none; tied ones are drawn as one."""
    of_unit: dict[str, list[tuple[annotations.Clip, int]]] = {}
    for clip, times in counting:
        first = ties.first(videos.unit[clip.path])
        of_unit.setdefault(first, []).append((clip, times))
    # What is likely no video shall not take the place of one.
    likely = {
        first: [each for each in rows if _is_likely(each[0])]
        for first, rows in of_unit.items()
    }
    found: dict[str, str] = {}
    for part in (
        {first: rows for first, rows in likely.items() if rows},
        {first: rows for first, rows in of_unit.items() if not likely[first]},
    ):
        found |= _drawn_alike(part, videos, split, shares)
    waiting = {videos.unit[clip.path] for clip, _ in counting} - set(split)
    return {unit: found.get(ties.first(unit), "train") for unit in waiting}


def _drawn_alike(
    rows: dict[str, list[tuple[annotations.Clip, int]]],
    videos: _Videos,
    split: Mapping[str, str],
    shares: Mapping[str, int],
) -> dict[str, str]:
    standing: dict[str, list[tuple[annotations.Clip, int]]] = {}
    units, names = {}, {}
    for first, each in rows.items():
        if first in split:
            standing.setdefault(split[first], []).extend(each)
        else:
            # A copy that comes later by path does not change it.
            name = videos.group[min(clip.path for clip, _ in each)]
            names[name] = first
            units[name] = stratified_draw.counted(each)
    drawn = stratified_draw.draw(
        units,
        {s: stratified_draw.counted(each) for s, each in standing.items()},
        shares,
    )
    return {names[name]: found for name, found in drawn.items()}


def _is_likely(clip: annotations.Clip) -> bool:
    return clip.is_video or video_names.is_likely(clip.path)


def _conflicts(
    groups: list[list[str]], videos: _Videos, split: Mapping[str, str]
) -> dict[str, str]:
    """Path to reason, of copies in a split that must not hold them."""
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
        if clip.absent:
            found = clip.split or split.get(unit, "")
            kept.append(dataclasses.replace(clip, split=found))
            continue
        tied = ties.first(unit)
        group = clip.group if tied == unit else tied
        if (clip.split, clip.group) != (split[unit], group):
            clip = dataclasses.replace(clip, split=split[unit], group=group)
        kept.append(clip)
    return kept, gone
