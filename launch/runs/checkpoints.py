"""Checkpoints of a run, written atomically.

Each checkpoint is a folder, `checkpoints/00001000`: every variable of the
networks, their averages and the optimizers, listed one by one (following
attributes would miss the seed state of Dropout), `facts.json`, and
`names.json` with the names of the variables. `checkpoints/best.json` names the
best step.
"""

import json
import pathlib
import shutil
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from launch.runs import failed_writes
from tfrecords_tools.base import atomic_write
from video_models.weights import run_checkpoints


class Checkpoints(run_checkpoints.SavedCheckpoints):
    """The checkpoints of one run."""

    def __init__(self, folder: str | pathlib.Path, keep: int = 2):
        """Keeps the newest `keep` checkpoints and the best one."""
        super().__init__(folder)
        self._keep = keep

    def save(
        self,
        step: int,
        state: dict[str, list],
        metadata: dict[str, Any],
        names: dict[str, Sequence[str | None]] | None = None,
    ) -> None:
        """Writes a checkpoint, then removes superfluous ones.

        Args:
            step: steps taken.
            state: name to variables, in a fixed order.
            metadata: JSON values stored with the variables.
            names: names of the variables in `state`, so that other
                networks can be initialised from them.

        Raises:
            UserError: the disk is full; older checkpoints are untouched.
        """
        path = self.path(step)
        if path.exists():
            return
        with atomic_write.folder(path) as temporary:
            with failed_writes.explained(path, "Older checkpoints"):
                prefix = str(temporary / run_checkpoints.STATE)
                tf.train.Checkpoint(**state).write(prefix)
            text = json.dumps({"step": step, **metadata}, indent=1)
            (temporary / run_checkpoints.METADATA).write_text(text, "utf-8")
            if names:
                (temporary / run_checkpoints.NAMES).write_text(
                    json.dumps(names, indent=1), "utf-8"
                )
        self._remove_old()

    def mark_best(self, step: int, metadata: dict[str, Any]) -> None:
        """Marks `step` as the best checkpoint, which is kept."""
        path = self.folder / run_checkpoints.BEST
        with atomic_write.file(path, "w") as stream:
            stream.write(
                json.dumps({"step": step, **metadata}, indent=1) + "\n"
            )
        self._remove_old()

    def remove_after(self, step: int) -> None:
        """Removes the checkpoints of later steps."""
        for later in reversed(self.steps()):
            if later > step:
                self._remove(later)

    def update_metadata(self, step: int, metadata: dict[str, Any]) -> None:
        """Replaces the metadata of the checkpoint of `step`."""
        path = self.path(step) / run_checkpoints.METADATA
        with atomic_write.file(path, "w") as stream:
            stream.write(json.dumps({"step": step, **metadata}, indent=1))

    def restore(self, step: int, state: dict[str, list]) -> None:
        """Restores every variable of `state`.

        Raises:
            UserError: the checkpoint is damaged or of other networks.
        """
        with self.readable(step) as prefix:
            status = tf.train.Checkpoint(**state).read(prefix)
            status.assert_existing_objects_matched()

    def _remove_old(self) -> None:
        best = self.best()
        for old in self.steps()[: -self._keep]:
            if old != best:
                self._remove(old)

    def _remove(self, step: int) -> None:
        """Renames the folder first, so no reader finds half a checkpoint."""
        gone = self.path(step).with_suffix(".gone")
        shutil.rmtree(gone, ignore_errors=True)
        self.path(step).rename(gone)
        shutil.rmtree(gone)
