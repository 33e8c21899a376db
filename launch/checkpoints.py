"""All that a run needs to go on, whole on disk or not there.

One folder a checkpoint, `checkpoints/00001000`: every variable of the
networks, their averages and the optimizers, listed one by one (following
attributes would miss the seed state of Dropout), and `facts.json`.
"""

import json
import pathlib
import shutil
from typing import Any

import tensorflow as tf

from tfrecords_tools.base import atomic_write, errors

_FACTS = "facts.json"
_MISFITS = (tf.errors.OpError, AssertionError, IndexError, ValueError)


class Checkpoints:
    """The checkpoints of one run."""

    def __init__(self, folder: str | pathlib.Path, keep: int = 2):
        """`keep` says how many of the newest are kept."""
        self._folder, self._keep = pathlib.Path(folder), keep

    def steps(self) -> list[int]:
        """The steps that have a checkpoint, ascending."""
        if not self._folder.is_dir():
            return []
        names = [each.name for each in self._folder.iterdir()]
        return sorted(int(name) for name in names if name.isdecimal())

    def save(
        self, step: int, state: dict[str, list], facts: dict[str, Any]
    ) -> None:
        """Writes a checkpoint, then removes those that are too many.

        Args:
            step: steps taken.
            state: name to variables, in a fixed order.
            facts: plain values to find again beside them.

        Raises:
            UserError: the disk is full; older checkpoints are untouched.
        """
        path = self._path(step)
        if path.exists():
            return
        with atomic_write.folder(path) as temporary:
            try:
                tf.train.Checkpoint(**state).write(str(temporary / "state"))
            except tf.errors.OpError as error:
                raise errors.UserError(
                    f"cannot write {path}: {error.message}. Older "
                    "checkpoints are untouched; free some space and run the "
                    "same command again"
                ) from error
            text = json.dumps({"step": step, **facts}, indent=1)
            (temporary / _FACTS).write_text(text)
        for old in self.steps()[: -self._keep]:
            shutil.rmtree(self._path(old))

    def facts(self, step: int) -> dict[str, Any]:
        """What was written beside the checkpoint of `step`."""
        path = self._path(step) / _FACTS
        try:
            return json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise errors.UserError(
                f"{path} is damaged ({error}): remove this checkpoint to go "
                "on from the one before"
            ) from error

    def restore(self, step: int, state: dict[str, list]) -> None:
        """Sets every variable of `state` to what was saved.

        Raises:
            UserError: the checkpoint is damaged or of other networks.
        """
        path = self._path(step)
        try:
            status = tf.train.Checkpoint(**state).read(str(path / "state"))
            status.assert_existing_objects_matched()
        except _MISFITS as error:
            first = str(error).strip().splitlines()[0]
            raise errors.UserError(
                f"checkpoint {path} does not fit these networks, or is "
                f"damaged ({first}): train into another --workdir, or "
                "remove this checkpoint to go on from the one before"
            ) from error

    def _path(self, step: int) -> pathlib.Path:
        return self._folder / f"{step:08d}"
