"""Reads the checkpoints of a training run; `launch` writes them.

One folder a checkpoint, `checkpoints/00001000`: every variable of the
networks, their averages and the optimizers, `facts.json`, and in `names.json`
what the variables are called. `checkpoints/best.json` tells which one was
best.
"""

import contextlib
import json
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfrecords_tools.base import errors
from tfrecords_tools.base.files import plain_path

FACTS, NAMES, BEST, STATE = "facts.json", "names.json", "best.json", "state"
_AVERAGE = "average_"
_MISFITS = (tf.errors.OpError, AssertionError, IndexError, ValueError)


class SavedCheckpoints:
    """The checkpoints in a folder."""

    def __init__(self, folder: str | pathlib.Path):
        """`folder` is `checkpoints` in the folder of a run."""
        self.folder = pathlib.Path(folder)

    def steps(self) -> list[int]:
        """The steps that have a checkpoint, ascending."""
        if not self.folder.is_dir():
            return []
        names = [each.name for each in self.folder.iterdir()]
        return sorted(int(name) for name in names if name.isdecimal())

    def best(self) -> int | None:
        """The step of the best checkpoint, where one is known and there."""
        try:
            step = json.loads((self.folder / BEST).read_text("utf-8"))["step"]
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
                f"no checkpoint in {self.folder.parent}: run launch.train to "
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
                f"no checkpoint {which!r} in {self.folder.parent}: wanted "
                f"newest, best (known after an evaluation in training), or "
                f"one of the steps {known}"
            )
        return step

    def metadata(self, step: int) -> dict[str, Any]:
        """What was written beside the checkpoint of `step`."""
        path = self.path(step) / FACTS
        try:
            return json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise errors.UserError(
                f"{path} is damaged ({error}): remove this checkpoint to go "
                "on from the one before"
            ) from error

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
        with self.readable(step) as prefix:
            reader = tf.train.load_checkpoint(prefix)
            for name, network in networks.items():
                for number, variable in enumerate(network.variables):
                    key = _stored_name(f"{_AVERAGE}{name}", number)
                    variable.assign(reader.get_tensor(key))

    @contextlib.contextmanager
    def readable(self, step: int) -> Iterator[str]:
        """Gives the prefix of a checkpoint's state.

        Raises:
            UserError: it could not be read, or its variables did not fit.
        """
        path = self.path(step)
        try:
            with plain_path.to(path / STATE) as prefix:
                yield prefix
        except _MISFITS as error:
            first = str(error).strip().splitlines()[0]
            raise errors.UserError(
                f"checkpoint {path} does not fit these networks, or is "
                f"damaged ({first}): train into another --workdir, or "
                "remove this checkpoint to go on from the one before"
            ) from error

    def path(self, step: int) -> pathlib.Path:
        """The folder of the checkpoint of `step`."""
        return self.folder / f"{step:08d}"


def chosen_to_start_from(folder: pathlib.Path) -> pathlib.Path:
    """The best checkpoint of a run, else its newest; a checkpoint is itself.

    Raises:
        UserError: there is none.
    """
    if (folder / FACTS).is_file():
        return folder
    saved = SavedCheckpoints(folder / "checkpoints")
    best = "newest" if saved.best() is None else "best"
    return saved.path(saved.chosen(best))


def metadata_to_start_from(folder: pathlib.Path) -> dict[str, Any]:
    """What stands beside the weights that `averaged_weights` gives.

    Raises:
        UserError: there is no checkpoint, or it is damaged.
    """
    path = chosen_to_start_from(folder) / FACTS
    try:
        return json.loads(path.read_text("utf-8"))
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
        names = json.loads((folder / NAMES).read_text("utf-8"))
        with plain_path.to(folder / STATE) as prefix:
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
