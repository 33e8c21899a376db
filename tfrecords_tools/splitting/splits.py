"""Assigns a split to every clip; an assigned split never changes.

Given splits hold for the whole group. A video of the standing data set keeps
its split. The others are drawn so that every split gets its share, stratified
by label; videos of one group, and copies of each other, share a split.

Given the standing data set, no video ever changes its split; a temporarily
missing video keeps its place. Without it, a draw depends only on groups,
labels and counts, not on the order of the rows; new videos then move few of
the old ones.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping

from tfrecords_tools import annotations
from tfrecords_tools.media import video_names
from tfrecords_tools.splitting import (
    copies,
    split_shares,
    stratified_draw,
    video_units,
)
from tfrecords_tools.video_analysis import disjoint_sets

Dropped = tuple[annotations.Clip, str]


def settle(
    clips: list[annotations.Clip],
    duplicate_groups: Iterable[Iterable[str]] = (),
    known: Mapping[str, str] | None = None,
    action: str = "tie",
    shares: split_shares.Config = split_shares.Config(),
    times: Callable[[annotations.Clip], int] = lambda clip: 1,
) -> tuple[list[annotations.Clip], list[Dropped]]:
    """Assigns the split and group of every clip.

    Args:
        clips: rows as `annotation_checks.check` gives them. Those with `absent`
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
    clips = [_with_known_split(clip, known) for clip in clips]
    videos = video_units.VideoUnits(clips, known)
    groups = copies.find_groups(duplicate_groups, videos)
    dropped: dict[str, str] = {}
    if action == "drop":
        dropped = copies.drop_all_but_one(groups, videos, known)
        groups = []
    ties, split = copies.follow_copies(groups, videos)
    if action == "tie":
        dropped = copies.find_conflicts(groups, videos, split)
    counting = _counting(clips, dropped, videos, split, times)
    split |= _drawn(counting, videos, ties, split, sizes)
    kept, gone = _applied(clips, groups, videos, split, dropped)
    if action == "drop":
        gone = [(dataclasses.replace(c, split=""), why) for c, why in gone]
    return kept, gone


def _with_known_split(
    clip: annotations.Clip, known: Mapping[str, str]
) -> annotations.Clip:
    """The row; of an absent video with the split that it stood in."""
    if not clip.absent:
        return clip
    split = clip.split or known.get(clip.path, "")
    return dataclasses.replace(clip, split=split)


def _counting(
    clips: list[annotations.Clip],
    dropped: Mapping[str, str],
    videos: video_units.VideoUnits,
    split: Mapping[str, str],
    times: Callable[[annotations.Clip], int],
) -> list[tuple[annotations.Clip, int]]:
    """The rows that shares are counted by, each with its number of clips.

    Absent ones count only where they stand, as the others do on average.
    """
    present = [
        (clip, times(clip))
        for clip in clips
        if clip.path not in dropped and not clip.absent
    ]
    usual = sum(count for _, count in present) // max(len(present), 1)
    absent = [
        (clip, usual)
        for clip in clips
        if clip.absent and videos.unit[clip.path] in split
    ]
    return present + absent


def _drawn(
    counting: list[tuple[annotations.Clip, int]],
    videos: video_units.VideoUnits,
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
    videos: video_units.VideoUnits,
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


def _applied(
    clips: list[annotations.Clip],
    groups: list[list[str]],
    videos: video_units.VideoUnits,
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
