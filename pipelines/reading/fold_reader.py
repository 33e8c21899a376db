"""Reads the clips of one fold, or of all others, from existing shards.

Clips of the validation split are numbered after those of the training split,
alike in every fold.
"""

import collections
import dataclasses
import hashlib
import os
from typing import NamedTuple

import numpy as np

from pipelines.reading import clip_metadata, clip_table, folds, shard_reader
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base.files import shard_index

_COLUMN = {name: i for i, name in enumerate(shard_index.COLUMNS)}


class Dealing(NamedTuple):
    """A way to deal clips into folds.

    Attributes:
        folds: number of folds.
        fold: that is held out, from 1; None: none.
        groups: table of groups, see `folds.read_groups`.
        column: its column.
        deal: number of the deal, see `folds.deal`.
    """

    folds: int
    fold: int | None = None
    groups: str | None = None
    column: str = "group"
    deal: int = 0


class ShardSubset(NamedTuple):
    """Some clips of a shard.

    Attributes:
        shard: its entry, with the numbers of these clips.
        path: of the shard.
        rows: int64 [chunks, columns], their rows of its index.
    """

    shard: manifests.Shard
    path: str
    rows: np.ndarray


class Pool:
    """The clips that are dealt, and their folds.

    Attributes:
        folder: of the shards.
        dealing: how clips are dealt.
        clips: metadata of each, with their numbers in the pool.
        groups: of each clip.
        folds: of each clip, from 1.
    """

    def __init__(self, folder: str, places: dict[str, str], dealing: Dealing):
        """Opens the splits and deals their clips.

        Args:
            folder: of the shards, with their report.
            places: split to the folder to read it from, such as a cache.
            dealing: how to deal the clips.

        Raises:
            UserError: the clips cannot be read or dealt.
        """
        self.folder, self.dealing = folder, dealing
        self._readers: list[tuple[int, shard_reader.ShardReader]] = []
        self.clips: list[clip_metadata.ClipMetadata] = []
        for split, place in places.items():
            reader = shard_reader.ShardReader(place, split, whole=False)
            first = self.clips[-1].number + 1 if self.clips else 0
            self._readers.append((first, reader))
            self.clips += [
                clip._replace(number=first + clip.number)
                for clip in clip_metadata.read(reader)
            ]
        self.groups = folds.read_groups(
            folder,
            [clip.path for clip in self.clips],
            dealing.groups,
            dealing.column,
        )
        labels = [clip.label_ids[""] for clip in self.clips]
        self.folds = folds.deal(
            self.groups, labels, dealing.folds, dealing.deal
        )

    @property
    def manifest(self) -> manifests.Manifest:
        """The manifest of the shards or their cache."""
        return self._readers[0][1].manifest

    def in_split(self, split: str) -> list[clip_metadata.ClipMetadata]:
        """The clips of the held-out fold, or of all others."""
        is_held_out = split == folds.HELD_OUT
        return [
            clip
            for clip, fold in zip(self.clips, self.folds, strict=True)
            if (fold == self.dealing.fold) == is_held_out
        ]

    def select(
        self, clips: list[clip_metadata.ClipMetadata]
    ) -> list[ShardSubset]:
        """Returns the subsets of the shards that hold some clips."""
        numbers = [clip.number for clip in clips]
        subsets = []
        for first, reader in self._readers:
            for shard in reader.shards:
                rows = reader.index_rows(shard).copy()
                rows[:, _COLUMN["clip"]] += first
                rows = rows[np.isin(rows[:, _COLUMN["clip"]], numbers)]
                if len(rows):
                    subset = _subset_of(shard, rows)
                    path = reader.path(shard)
                    subsets.append(ShardSubset(subset, path, rows))
        return subsets


class FoldReader(shard_reader.ShardReader):
    """The clips of the held-out fold, of all others, or of the whole pool.

    Attributes:
        pool: of the clips.
        manifest: its splits and label counts are those of the fold. The
            digest of a shard is that of its clips in the fold.
    """

    def __init__(self, pool: Pool, split: str | None = None):
        """Opens the clips.

        Args:
            pool: of the clips; defines the fold.
            split: train or validation; None for the whole pool.
        """
        self.pool, self.folder = pool, pool.folder
        clips = pool.in_split(split) if split else pool.clips
        subsets = {each.shard.name: each for each in pool.select(clips)}
        self._subsets = subsets
        self.manifest = _fold_manifest(pool) if split else pool.manifest
        self.clips = len(clips)
        self.shards = [each.shard for each in subsets.values()]
        self.table = clip_table.build_table(
            [each.path for each in subsets.values()],
            [each.rows for each in subsets.values()],
        )

    @property
    def whole(self) -> "FoldReader":
        """The reader of all clips of the pool, the same for every fold."""
        return FoldReader(self.pool)

    @property
    def places(self) -> np.ndarray:
        """int64 [clips], the place of each clip in `whole`."""
        every = [clip.number for clip in self.pool.clips]
        return np.searchsorted(every, self.table.ids.numpy())

    def index_rows(self, shard: manifests.Shard) -> np.ndarray:
        """The rows of these clips, int64 [chunks, columns]."""
        return self._subsets[shard.name].rows.copy()

    def path(self, shard: manifests.Shard) -> str:
        """Returns the path of a shard."""
        return self._subsets[shard.name].path


def pooled_splits(folder: str | os.PathLike) -> list[str]:
    """The splits of the shards whose clips are dealt."""
    manifest = shard_reader.read_manifest(os.fspath(folder))
    found = [split for split in folds.SPLITS if manifest.splits.get(split)]
    return found or [folds.LEARNT]  # Its reader says that it is missing.


def _subset_of(shard: manifests.Shard, rows: np.ndarray) -> manifests.Shard:
    numbers = rows[:, _COLUMN["clip"]].tobytes()
    return dataclasses.replace(
        shard,
        # Other clips of the same shard are other contents.
        sha256=hashlib.sha256(shard.sha256.encode() + numbers).hexdigest(),
        clips=int((rows[:, _COLUMN["first_frame"]] == 0).sum()),
        chunks=len(rows),
        frames=int(rows[:, _COLUMN["frames"]].sum()),
    )


def _fold_manifest(pool: Pool) -> manifests.Manifest:
    """The manifest of the shards, with the splits of the fold."""
    manifest = pool.manifest
    sets = {"": manifest.labels, **manifest.tasks}
    splits, counts, without = dict(manifest.splits), {}, {}
    for split in folds.SPLITS:
        clips = pool.in_split(split)
        splits[split] = tuple(each.shard for each in pool.select(clips))
        for task, names in sets.items():
            ids = [clip.label_ids[task] for clip in clips]
            found = collections.Counter(i for each in ids for i in set(each))
            counted = tuple(found[i] for i in range(len(names)))
            counts.setdefault(task, {})[split] = counted
            without.setdefault(task, {})[split] = ids.count(())
    old_counts = {"": manifest.label_counts, **manifest.task_counts}
    counts = {t: {**old_counts.get(t, {}), **counts[t]} for t in sets}
    unlabelled = {
        t: {**manifest.unlabelled.get(t, {}), **without[t]} for t in sets
    }
    learnt = [(c.number, c.path) for c in pool.in_split(folds.LEARNT)]
    digest = hashlib.sha256(repr(learnt).encode()).hexdigest()
    return dataclasses.replace(
        manifest,
        splits=splits,
        settings={**manifest.settings, folds.SECTION: {"clips": digest}},
        label_counts=counts.pop(""),
        task_counts=counts,
        unlabelled=unlabelled,
    )
