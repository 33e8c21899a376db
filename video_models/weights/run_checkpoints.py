"""Reads the checkpoints of a training run, which `launch` writes.

A checkpoint is a folder, `checkpoints/00001000`, with all variables of the
networks, their averages and the optimizers, the metadata `facts.json`, and the
names of the variables, `names.json`. `checkpoints/best.json` names the best
checkpoint.
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

METADATA, NAMES, BEST, STATE = "facts.json", "names.json", "best.json", "state"
_AVERAGE = "average_"
_MISFITS = (tf.errors.OpError, AssertionError, IndexError, ValueError)


class SavedCheckpoints:
    """The checkpoints of a run."""

    def __init__(self, folder: str | pathlib.Path):
        """`folder` is the folder `checkpoints` of a run."""
        self.folder = pathlib.Path(folder)

    def steps(self) -> list[int]:
        """Returns the steps of all checkpoints, ascending."""
        if not self.folder.is_dir():
            return []
        names = [each.name for each in self.folder.iterdir()]
        return sorted(int(name) for name in names if name.isdecimal())

    def best(self) -> int | None:
        """Returns the step of the best checkpoint, if it is known and
        exists."""
        try:
            step = json.loads((self.folder / BEST).read_text("utf-8"))["step"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return step if step in self.steps() else None

    def chosen(self, which: str) -> int:
        """Resolves `newest`, `best` or a number to a step.

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
        """Returns the metadata of the checkpoint of `step`."""
        path = self.path(step) / METADATA
        try:
            return json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise errors.UserError(
                f"{path} is damaged ({error}): remove this checkpoint to "
                "resume from the previous one"
            ) from error

    def restore_averages(
        self, step: int, networks: Mapping[str, keras.Model]
    ) -> None:
        """Sets the weights of networks to their averages.

        It reads one weight at a time, and not the optimizers, which are three
        quarters of a checkpoint.

        Args:
            step: step of the checkpoint.
            networks: networks by name; call it in the strategy's scope.

        Raises:
            UserError: the checkpoint is damaged or belongs to other networks.
        """
        with self.readable(step) as prefix:
            for name, network in networks.items():
                for number, variable in enumerate(network.variables):
                    key = _stored_name(f"{_AVERAGE}{name}", number)
                    # No NumPy array: each would cost its memory once more.
                    (value,) = tf.raw_ops.RestoreV2(
                        prefix=prefix,
                        tensor_names=[key],
                        shape_and_slices=[""],
                        dtypes=[variable.dtype],
                    )
                    variable.assign(value)

    @contextlib.contextmanager
    def readable(self, step: int) -> Iterator[str]:
        """Yields the prefix of a checkpoint's state.

        Raises:
            UserError: it cannot be read, or its variables do not fit.
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
                "remove this checkpoint to resume from the previous one"
            ) from error

    def path(self, step: int) -> pathlib.Path:
        """Returns the folder of the checkpoint of `step`."""
        return self.folder / f"{step:08d}"


def chosen_to_start_from(folder: pathlib.Path) -> pathlib.Path:
    """Returns the best, else newest checkpoint of a run, or a checkpoint
    itself.

    Raises:
        UserError: there is no checkpoint.
    """
    if (folder / METADATA).is_file():
        return folder
    saved = SavedCheckpoints(folder / "checkpoints")
    best = "newest" if saved.best() is None else "best"
    return saved.path(saved.chosen(best))


def metadata_to_start_from(folder: pathlib.Path) -> dict[str, Any]:
    """Returns the metadata of the weights of `averaged_weights`.

    Raises:
        UserError: there is no checkpoint, or it is damaged.
    """
    path = chosen_to_start_from(folder) / METADATA
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise errors.UserError(f"{path} is damaged ({error})") from error


def averaged_weights(folder: pathlib.Path) -> dict[str, np.ndarray]:
    """Reads the averaged weights of a run or a checkpoint.

    Args:
        folder: see `chosen_to_start_from`.

    Returns:
        Weights by path, which starts with the network's name.

    Raises:
        UserError: there is no checkpoint, or it has no names of weights.
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
    """Returns tf.train.Checkpoint's name of a variable in a list."""
    return f"{group}/{number}/.ATTRIBUTES/VARIABLE_VALUE"
