"""All that a run needs to go on, whole on disk or not there.

One folder a checkpoint, `checkpoints/00001000`: every variable of the
networks, their averages and the optimizers, listed one by one (following
attributes would miss the seed state of Dropout), `facts.json`, and in
`names.json` what the variables are called. `checkpoints/best.json` tells
which one was best.
"""

import contextlib
import json
import pathlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from launch.runs import failed_writes
from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.base.files import plain_path

_FACTS, _NAMES, _BEST = "facts.json", "names.json", "best.json"
_AVERAGE = "average_"
_MISFITS = (tf.errors.OpError, AssertionError, IndexError, ValueError)


class Checkpoints:
    """The checkpoints of one run."""

    def __init__(self, folder: str | pathlib.Path, keep: int = 2):
        """`keep` says how many of the newest are kept, besides the best."""
        self._folder, self._keep = pathlib.Path(folder), keep

    def steps(self) -> list[int]:
        """The steps that have a checkpoint, ascending."""
        if not self._folder.is_dir():
            return []
        names = [each.name for each in self._folder.iterdir()]
        return sorted(int(name) for name in names if name.isdecimal())

    def save(
        self,
        step: int,
        state: dict[str, list],
        facts: dict[str, Any],
        names: dict[str, Sequence[str | None]] | None = None,
    ) -> None:
        """Writes a checkpoint, then removes those that are too many.

        Args:
            step: steps taken.
            state: name to variables, in a fixed order.
            facts: plain values to find again beside them.
            names: what the variables of `state` are called, so that other
                networks can start from them.

        Raises:
            UserError: the disk is full; older checkpoints are untouched.
        """
        path = self._path(step)
        if path.exists():
            return
        with atomic_write.folder(path) as temporary:
            with failed_writes.explained(path, "Older checkpoints"):
                tf.train.Checkpoint(**state).write(str(temporary / "state"))
            text = json.dumps({"step": step, **facts}, indent=1)
            (temporary / _FACTS).write_text(text, "utf-8")
            if names:
                (temporary / _NAMES).write_text(
                    json.dumps(names, indent=1), "utf-8"
                )
        self._remove_old()

    def mark_best(self, step: int, facts: dict[str, Any]) -> None:
        """Keeps the checkpoint of `step` until another one is the best."""
        with atomic_write.file(self._folder / _BEST, "w") as stream:
            stream.write(json.dumps({"step": step, **facts}, indent=1) + "\n")
        self._remove_old()

    def best(self) -> int | None:
        """The step of the best checkpoint, where one is known and there."""
        try:
            step = json.loads((self._folder / _BEST).read_text("utf-8"))["step"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return step if step in self.steps() else None

    def chosen(self, which: str) -> int:
        """The step of `newest`, `best`, or of a number.

        Raises:
            UserError: there is no such checkpoint.
        """
        steps = self.steps()
        if not steps:
            raise errors.UserError(
                f"no checkpoint in {self._folder.parent}: run launch.train to "
                "its first --train.checkpoint_every"
            )
        if which == "newest":
            return steps[-1]
        step = self.best() if which == "best" else None
        if which.isdecimal() and int(which) in steps:
            step = int(which)
        if step is None:
            known = ", ".join(str(each) for each in steps)
            raise errors.UserError(
                f"no checkpoint {which!r} in {self._folder.parent}: wanted "
                f"newest, best (known after an evaluation in training), or "
                f"one of the steps {known}"
            )
        return step

    def remove_after(self, step: int) -> None:
        """Removes the checkpoints of later steps."""
        for later in reversed(self.steps()):
            if later > step:
                self._remove(later)

    def facts(self, step: int) -> dict[str, Any]:
        """What was written beside the checkpoint of `step`."""
        path = self._path(step) / _FACTS
        try:
            return json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise errors.UserError(
                f"{path} is damaged ({error}): remove this checkpoint to go "
                "on from the one before"
            ) from error

    def update_facts(self, step: int, facts: dict[str, Any]) -> None:
        """Replaces what was written beside the checkpoint of `step`."""
        with atomic_write.file(self._path(step) / _FACTS, "w") as stream:
            stream.write(json.dumps({"step": step, **facts}, indent=1))

    def restore(self, step: int, state: dict[str, list]) -> None:
        """Sets every variable of `state` to what was saved.

        Raises:
            UserError: the checkpoint is damaged or of other networks.
        """
        with self._readable(step) as prefix:
            status = tf.train.Checkpoint(**state).read(prefix)
            status.assert_existing_objects_matched()

    def restore_averages(
        self, step: int, networks: Mapping[str, keras.Model]
    ) -> None:
        """Sets the weights of networks to their averages.

        Reads one weight at a time and nothing else: with the optimizers the
        checkpoint is four times as large.

        Args:
            step: steps taken.
            networks: name to network; call it in the strategy's scope.

        Raises:
            UserError: the checkpoint is damaged or of other networks.
        """
        with self._readable(step) as prefix:
            reader = tf.train.load_checkpoint(prefix)
            for name, network in networks.items():
                for number, variable in enumerate(network.variables):
                    key = _stored_name(f"{_AVERAGE}{name}", number)
                    variable.assign(reader.get_tensor(key))

    @contextlib.contextmanager
    def _readable(self, step: int) -> Iterator[str]:
        """Gives the prefix of a checkpoint; says why it could not be read."""
        path = self._path(step)
        try:
            with plain_path.to(path / "state") as prefix:
                yield prefix
        except _MISFITS as error:
            first = str(error).strip().splitlines()[0]
            raise errors.UserError(
                f"checkpoint {path} does not fit these networks, or is "
                f"damaged ({first}): train into another --workdir, or "
                "remove this checkpoint to go on from the one before"
            ) from error

    def _path(self, step: int) -> pathlib.Path:
        return self._folder / f"{step:08d}"

    def _remove_old(self) -> None:
        best = self.best()
        for old in self.steps()[: -self._keep]:
            if old != best:
                self._remove(old)

    def _remove(self, step: int) -> None:
        """Renames it first: a reader, or a kill, never finds half of it."""
        gone = self._path(step).with_suffix(".gone")
        shutil.rmtree(gone, ignore_errors=True)
        self._path(step).rename(gone)
        shutil.rmtree(gone)


def chosen_to_start_from(folder: pathlib.Path) -> pathlib.Path:
    """The best checkpoint of a run, else its newest; a checkpoint is itself.

    Raises:
        UserError: there is none.
    """
    if (folder / _FACTS).is_file():
        return folder
    saved = Checkpoints(folder / "checkpoints")
    best = "newest" if saved.best() is None else "best"
    return saved._path(saved.chosen(best))


def facts_to_start_from(folder: pathlib.Path) -> dict[str, Any]:
    """What stands beside the weights that `averaged_weights` gives.

    Raises:
        UserError: there is no checkpoint, or it is damaged.
    """
    path = chosen_to_start_from(folder) / _FACTS
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise errors.UserError(f"{path} is damaged ({error})") from error


def averaged_weights(folder: pathlib.Path) -> dict[str, np.ndarray]:
    """The averaged networks of a run or of one checkpoint.

    Args:
        folder: see `chosen_to_start_from`.

    Returns:
        Path of a weight, its network's name first, to its value.

    Raises:
        UserError: there is no checkpoint, or it names no weights.
    """
    folder = chosen_to_start_from(folder)
    try:
        names = json.loads((folder / _NAMES).read_text("utf-8"))
        with plain_path.to(folder / "state") as prefix:
            reader = tf.train.load_checkpoint(prefix)
            return {
                f"{key.removeprefix(_AVERAGE)}/{name}": reader.get_tensor(
                    _stored_name(key, number)
                )
                for key, called in names.items()
                if key.startswith(_AVERAGE)
                for number, name in enumerate(called)
                if name is not None
            }
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise errors.UserError(
            f"{folder} is no checkpoint that others can start from ({error})"
        ) from error


def _stored_name(group: str, number: int) -> str:
    """What tf.train.Checkpoint calls a variable of a list."""
    return f"{group}/{number}/.ATTRIBUTES/VARIABLE_VALUE"
