"""Arrays with a row per clip on disk: whole or not at all.

A stopped write leaves its rows in a folder with a temporary name; the next one
with the same description continues there.
"""

import hashlib
import json
import os
import pathlib
import shutil
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import numpy as np

from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.base.files import folder_lock

_MADE_FROM, _DONE = "made_from.json", "done.json"
_SAVED_BYTES = 64 * 2**20  # Between two notes of what is done.

Rows = dict[str, np.ndarray]


class Spec(NamedTuple):
    """Shape, without the clips, and dtype of an array."""

    shape: tuple[int, ...]
    dtype: str


def find(
    parent: pathlib.Path, split: str, made_from: Mapping[str, Any]
) -> pathlib.Path:
    """The folder of the arrays with a description, which may be missing."""
    text = json.dumps(made_from, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return parent / f"{split}-{digest[:16]}"


def is_whole(folder: pathlib.Path) -> bool:
    """Whether all rows are there; the folder appears with the last one."""
    return folder.is_dir()


def read(folder: pathlib.Path) -> Rows:
    """Opens all arrays; their rows are read when they are used."""
    try:
        return {
            path.stem: np.load(path, mmap_mode="r")
            for path in sorted(folder.glob("*.npy"))
        }
    except (OSError, ValueError) as error:
        raise errors.UserError(
            f"cannot read the cached features in {folder} ({error}): remove "
            "that folder, and they are computed again"
        ) from error


def standing(folder: pathlib.Path, made_from: Mapping[str, Any]) -> int | None:
    """Rows of a stopped write of the same arrays; None if there is none."""
    partial = _partial(folder)
    try:
        recorded = json.loads((partial / _MADE_FROM).read_text())
        done = json.loads((partial / _DONE).read_text())
    except (OSError, ValueError):
        return None
    return done if recorded == made_from else None


def _partial(folder: pathlib.Path) -> pathlib.Path:
    return folder.with_name(f"{folder.name}{atomic_write.TEMPORARY}")


class Writer:
    """Writes batches of rows, in order.

    Attributes:
        done: rows that are already there.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        clips: int,
        specs: Mapping[str, Spec],
        made_from: Mapping[str, Any],
    ):
        """Continues a stopped write; call it within `locked`.

        Args:
            folder: the final name.
            clips: number of rows.
            specs: the arrays, by name.
            made_from: what the rows depend on, JSON values.

        Raises:
            UserError: the disk is too small.
        """
        self._folder, self._unsaved = folder, 0
        self._partial = _partial(folder)
        self.done = standing(folder, made_from)
        if self.done is None:
            self._start(clips, specs, made_from)
        with atomic_write.explained(folder):
            self._arrays = {
                name: np.load(self._partial / f"{name}.npy", mmap_mode="r+")
                for name in specs
            }

    def add(self, rows: Rows) -> None:
        """Writes the next rows; every array has the same number of them."""
        count = len(next(iter(rows.values())))
        for name, values in rows.items():
            self._arrays[name][self.done : self.done + count] = values
        self.done += count
        self._unsaved += sum(values.nbytes for values in rows.values())
        if self._unsaved > _SAVED_BYTES:
            self._save()

    def finish(self) -> None:
        """Gives the folder its name."""
        self._save()
        with atomic_write.explained(self._folder):
            os.rename(self._partial, self._folder)
            atomic_write.sync_folder(self._folder.parent)

    def _save(self) -> None:
        with atomic_write.explained(self._folder):
            for array in self._arrays.values():
                array.flush()
        self._note(self.done)
        self._unsaved = 0

    def _note(self, done: int) -> None:
        with atomic_write.file(self._partial / _DONE, "w") as stream:
            json.dump(done, stream)

    def _start(
        self,
        clips: int,
        specs: Mapping[str, Spec],
        made_from: Mapping[str, Any],
    ) -> None:
        partial, self.done = self._partial, 0
        shutil.rmtree(partial, ignore_errors=True)
        with atomic_write.explained(self._folder):
            partial.mkdir(parents=True)
            self._check_room(clips, specs.values())
            for name, spec in specs.items():
                np.lib.format.open_memmap(
                    partial / f"{name}.npy",
                    "w+",
                    np.dtype(spec.dtype),
                    (clips, *spec.shape),
                )
        with atomic_write.file(partial / _MADE_FROM, "w") as stream:
            json.dump(made_from, stream, indent=1)
        self._note(0)

    def _check_room(self, clips: int, specs: Iterable[Spec]) -> None:
        needed = clips * sum(
            int(np.prod(spec.shape)) * np.dtype(spec.dtype).itemsize
            for spec in specs
        )
        free = shutil.disk_usage(self._partial).free
        if needed > free:
            raise errors.UserError(
                f"the features need {needed / 1e9:.2f} GB, "
                f"{self._partial.parent} has {free / 1e9:.2f} GB free: free "
                "some space, or choose another --feature_cache.folder"
            )


def locked(folder: pathlib.Path) -> AbstractContextManager[None]:
    """Keeps other writers of the same arrays out, who wait."""
    return folder_lock.held_for(folder, "run", wait=True)
