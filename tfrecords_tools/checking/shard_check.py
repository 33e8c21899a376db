"""Checks that a folder of shards is complete and as built.

Compares everything that the manifest and the indexes state with the bytes; a
problem names the shard, the offset and the clip.
"""

import dataclasses
import os
import pathlib
from collections.abc import Callable, Iterator

import numpy as np

from tfrecords_tools import manifest, shard_plan
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import shard_index
from tfrecords_tools.checking import census, scan_pool, shard_scan

_NAMED = 10  # Clips listed in one line.


@dataclasses.dataclass(frozen=True)
class Findings:
    """Results of a check.

    Attributes:
        problems: one line each; empty if all is well.
        dataset: the manifest; None if damaged.
        counted: statistics of the readable clips.
    """

    problems: tuple[str, ...]
    dataset: manifest.Manifest | None
    counted: census.Census


def check(folder: str | os.PathLike) -> list[str]:
    """Reads every byte of a data set and returns the problems."""
    return list(examine(folder).problems)


def examine(
    folder: str | os.PathLike,
    workers: int = 1,
    samples: int = 0,
    progress: Callable[[int], None] = lambda bytes_done: None,
) -> Findings:
    """Reads every byte of a data set.

    Args:
        folder: the output of build_shards.
        workers: reading processes.
        samples: clips per class to keep, for a contact sheet.
        progress: receives the number of bytes done.

    Raises:
        UserError: there is no manifest.
    """
    folder = pathlib.Path(folder)
    counted = census.Census(samples)
    try:
        dataset = manifest.read(folder)
    except errors.UserError as error:
        if not (folder / manifest.FILE_NAME).exists():
            raise
        return Findings((str(error),), None, counted)
    problems = list(_strangers(folder, dataset))
    every = [
        (split, s) for split in dataset.splits for s in dataset.splits[split]
    ]
    first = folder, dataset, samples
    scanned = scan_pool.scan_all(first, every, workers, progress)
    for split, shards in dataset.splits.items():
        problems += _misnamed(split, shards)
        of_split = [next(scanned) for _ in shards]
        problems += [line for each in of_split for line in each.problems]
        problems += _standing_twice(shards, of_split)
        for each in of_split:
            counted.merge(each.counted)
        if not any(each.problems for each in of_split):
            problems += _miscounted(split, dataset, counted)
    return Findings(tuple(problems), dataset, counted)


def _strangers(
    folder: pathlib.Path, dataset: manifest.Manifest
) -> Iterator[str]:
    tfrecords = [s.name for shards in dataset.splits.values() for s in shards]
    known = {*tfrecords, *(shard_index.path_of(n).name for n in tfrecords)}
    for path in sorted(folder.iterdir()):
        if shard_plan.NAME.fullmatch(path.name) and path.name not in known:
            yield f"{path.name}: is not in the manifest"


def _misnamed(split: str, shards: tuple[manifest.Shard, ...]) -> Iterator[str]:
    for number, shard in enumerate(shards):
        expected = f"{split}-{number:05d}-of-{len(shards):05d}.tfrecord"
        if shard.name != expected:
            yield f"{shard.name}: is in the place of {expected}"


def _standing_twice(
    shards: tuple[manifest.Shard, ...], found: list[shard_scan.Scanned]
) -> Iterator[str]:
    earlier = np.zeros(0, np.int64)
    for shard, each in zip(shards, found, strict=True):
        again = np.intersect1d(earlier, each.clips)
        earlier = np.union1d(earlier, each.clips)
        if len(again):
            named = ", ".join(str(number) for number in again[:_NAMED])
            more = len(again) - _NAMED
            yield (
                f"{shard.name}, clip {named}"
                + (f" and {more} more" if more > 0 else "")
                + ": also in an earlier shard"
            )


def _miscounted(
    split: str, dataset: manifest.Manifest, counted: census.Census
) -> Iterator[str]:
    every = {census.MAIN: dataset.label_counts, **dataset.task_counts}
    for task, counts in every.items():
        names = dataset.tasks.get(task, ()) if task else dataset.labels
        nothing = np.zeros(len(names), np.int64)
        found = counted.labels.get(task, {}).get(split, nothing)
        stated = counts.get(split)
        if stated is None or list(stated) != found.tolist():
            of_task = f" of task {task}" if task else ""
            yield (
                f"{split}: clips of each label{of_task} are "
                f"{found.tolist()}, the manifest says "
                f"{stated and list(stated)}"
            )
