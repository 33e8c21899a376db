"""Deals clips into folds for cross-validation, by group.

A group never spans two folds. Labels are spread as evenly as groups allow.
"""

import collections
import csv
import os
import random
from collections.abc import Hashable, Sequence

from pipelines.reading import shard_reader
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors

LEARNT, HELD_OUT = "train", "validation"
SPLITS = (LEARNT, HELD_OUT)  # Their clips are dealt.
SECTION = "fold"  # Of the manifest's settings.
_SHOWN = 3  # Videos in a message.


def deal(
    groups: Sequence[str],
    labels: Sequence[Hashable],
    count: int,
    number: int = 0,
) -> list[int]:
    """Returns the fold of each clip, from 1.

    The largest groups come first; each goes to the fold that has least of its
    labels and fewest clips. The order of clips does not matter.

    Args:
        groups: of each clip.
        labels: of each clip; equal labels are spread over folds.
        count: number of folds.
        number: of the deal; for all but 0, the size of each group counts for
            up to twice as much when they are ordered, by chance.

    Raises:
        UserError: fewer groups than folds.
    """
    of_group: dict[str, collections.Counter] = {}
    for group, label in zip(groups, labels, strict=True):
        of_group.setdefault(group, collections.Counter())[label] += 1
    if len(of_group) < count:
        raise errors.UserError(
            f"{count} folds, but the clips are of {len(of_group)} group(s): "
            "wanted at most one fold a group; name the group of each video "
            "in --reader.groups, or choose fewer folds"
        )
    total = collections.Counter(labels)
    folds = [collections.Counter() for _ in range(count)]
    chances = random.Random(number)
    weight = {
        group: of_group[group].total() * (1 + bool(number) * chances.random())
        for group in sorted(of_group)
    }
    order = sorted(of_group, key=lambda g: (-weight[g], g))
    fold_of = {}
    for group in order:
        fold_of[group] = _least(folds, of_group[group], total)
        folds[fold_of[group]] += of_group[group]
    return [fold_of[group] + 1 for group in groups]


def read_groups(
    folder: str, paths: Sequence[str], table: str | None, column: str
) -> list[str]:
    """Returns the group of each clip.

    Args:
        folder: of the shards.
        paths: the video of each clip.
        table: CSV file with the columns `path` and `column`; None: the
            report of the build.
        column: its column with the group.

    Returns:
        The groups; a video without one is its own.

    Raises:
        UserError: the table cannot be read or lacks a video; or the report
            has no groups, as those of earlier versions.
    """
    where = table or os.path.join(folder, manifests.REPORT)
    column = column if table else "group"
    group_of = _read_table(where, column, table)
    missing = sorted(set(paths) - set(group_of))
    if missing:
        raise errors.UserError(
            f"{where} has no row of {', '.join(missing[:_SHOWN])}: wanted the "
            f"group of each video of the shards ({len(missing)} are missing)"
        )
    return [group_of[path] or path for path in paths]


def _least(
    folds: list[collections.Counter],
    group: collections.Counter,
    total: collections.Counter,
) -> int:
    """The fold that has least of the group's labels, and fewest clips."""

    def key(number: int) -> tuple[float, int]:
        fold = folds[number]
        # Of all clips of a label, then of all clips.
        overlap = sum(
            count * fold[label] / total[label] ** 2
            for label, count in group.items()
        )
        overlap += group.total() * fold.total() / total.total() ** 2
        return round(overlap, 12), number

    return min(range(len(folds)), key=key)


def _read_table(where: str, column: str, table: str | None) -> dict[str, str]:
    try:
        text = shard_reader.read_text(where)
    except errors.UserError as error:
        raise errors.UserError(f"{error}; {_REMEDY}") from error
    rows = list(csv.DictReader(text.splitlines(keepends=True)))
    header = list(rows[0]) if rows else []
    if "path" not in header or column not in header:
        flag = f"--reader.groups={table}" if table else where
        raise errors.UserError(
            f"{flag} has the columns {', '.join(map(str, header))}: wanted "
            f"path and {column}; {_REMEDY}"
        )
    return {row["path"]: row[column] or "" for row in rows}


_REMEDY = (
    "give a table with --reader.groups=FILE.csv --reader.group_column=NAME "
    "(shards of earlier versions do not hold groups; building them again into "
    "the same folder adds them)"
)
