"""Which flags may change when a run goes on, and what to do about others.

What decides a step must stay: with the same flags, and with more steps where
nothing follows their number, a run that was stopped or at its end becomes the
run that was never stopped, bit by bit.
"""

import pathlib
from typing import NamedTuple

from launch.runs import train_settings
from tfrecords_tools.base import errors
from video_models.optimization import learning_rates

# Shards are told apart by their content, and a change of devices that changes
# the last bits is said. Steps are compared apart.
_FREE = {
    "--shards",
    "--workdir",
    "--reader.on_corrupt",
    "--reader.parallel_clips",
    "--reader.prefetch_batches",
    "--reader.service",
    "--devices.strategy",
    "--devices.xla",
    "--devices.threads",
    "--devices.logical_cpus",
    "--devices.tpu",
    "--train.steps",
    "--train.keep",
    "--train.checkpoint_every",
    "--train.log_every",
    "--train.evaluate_every",
    "--train.patience",
    "--train.monitor",
    "--train.on_alarm",
}
# Folders and files that are known by their content, wherever they stand.
_MOVABLE = {"--reader.cache", "--features", "--objective.style"}
_MOST_SHOWN = 5


class Flags(NamedTuple):
    """The flags of a run, as they decide its steps.

    Attributes:
        values: name of each flag that has a value, `--train.steps`, to it.
        train: the settings of the loop.
        learning_rate: those of the schedule.
    """

    values: dict[str, str]
    train: train_settings.Config
    learning_rate: learning_rates.Config


def check(then: Flags, now: Flags, done: int, folder: pathlib.Path) -> None:
    """Refuses to go on with flags that would have led to other steps.

    Args:
        then: of the run when it was begun, or last gone on with.
        now: of this start.
        done: steps that are taken.
        folder: of the run, for messages.

    Raises:
        UserError: says what was, what is, and what to do.
    """
    changed = _differences(then.values, now.values)
    if changed:
        raise errors.UserError(
            f"{folder} was begun with other flags: "
            + "; ".join(changed[:_MOST_SHOWN])
            + f". Use those, or another --workdir; --init.weights={folder} "
            "starts that from the weights of this run"
        )
    _check_steps(then, now, done, folder)


def _check_steps(
    then: Flags, now: Flags, done: int, folder: pathlib.Path
) -> None:
    """Raises UserError where the run cannot become one of so many steps."""
    before, steps = then.train.steps, now.train.steps
    if steps < done:
        raise errors.UserError(
            f"--train.steps={steps}, but {done} steps are done in {folder}: "
            f"wanted {done} at least, or another --workdir. launch.evaluate "
            "and launch.export take what is there"
        )
    reason = _bound_to_steps(now)
    if steps != before and reason:
        raise errors.UserError(
            f"{folder} was begun with --train.steps={before}, now {steps}: "
            f"{reason} follows the number of steps, so that those taken would "
            f"have been others. Use --train.steps={before}; or train on from "
            f"the weights with --init.weights={folder} and another --workdir"
        )


def _bound_to_steps(now: Flags) -> str | None:
    """The flag by which earlier steps depend on how many there are in all."""
    share = now.train.average_from
    if share is not None:
        return f"--train.average_from={share}"
    return learning_rates.bound_to_steps(now.learning_rate)


def _differences(old: dict[str, str], new: dict[str, str]) -> list[str]:
    pairs = {
        name: (old.get(name, "not given"), new.get(name, "not given"))
        for name in sorted((old.keys() | new.keys()) - _FREE)
    }
    return [
        f"{name}={a}, now {b}"
        for name, (a, b) in pairs.items()
        if a != b and not (name in _MOVABLE and name in old and name in new)
    ]
