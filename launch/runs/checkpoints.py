"""All that a run needs to go on, whole on disk or not there.

One folder a checkpoint, `checkpoints/00001000`: every variable of the
networks, their averages and the optimizers, listed one by one (following
attributes would miss the seed state of Dropout), `facts.json`, and in
`names.json` what the variables are called. `checkpoints/best.json` tells
which one was best.
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
        """`keep` says how many of the newest are kept, besides the best."""
        super().__init__(folder)
        self._keep = keep

    def save(
        self,
        step: int,
        state: dict[str, list],
        metadata: dict[str, Any],
        names: dict[str, Sequence[str | None]] | None = None,
    ) -> None:
        """Writes a checkpoint, then removes those that are too many.

        Args:
            step: steps taken.
            state: name to variables, in a fixed order.
            metadata: plain values to find again beside them.
            names: what the variables of `state` are called, so that other
                networks can start from them.

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
            (temporary / run_checkpoints.FACTS).write_text(text, "utf-8")
            if names:
                (temporary / run_checkpoints.NAMES).write_text(
                    json.dumps(names, indent=1), "utf-8"
                )
        self._remove_old()

    def mark_best(self, step: int, metadata: dict[str, Any]) -> None:
        """Keeps the checkpoint of `step` until another one is the best."""
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
        """Replaces what was written beside the checkpoint of `step`."""
        path = self.path(step) / run_checkpoints.FACTS
        with atomic_write.file(path, "w") as stream:
            stream.write(json.dumps({"step": step, **metadata}, indent=1))

    def restore(self, step: int, state: dict[str, list]) -> None:
        """Sets every variable of `state` to what was saved.

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
        """Renames it first: a reader, or a kill, never finds half of it."""
        gone = self.path(step).with_suffix(".gone")
        shutil.rmtree(gone, ignore_errors=True)
        self.path(step).rename(gone)
        shutil.rmtree(gone)
