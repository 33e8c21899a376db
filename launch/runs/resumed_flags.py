"""Which flags may change when a run is resumed.

Flags that determine a step must stay. With the same flags (or more steps, if no
schedule depends on their number), a stopped or finished run resumes to the same
bits as an uninterrupted one.
"""

import pathlib
from typing import NamedTuple

from launch.runs import train_settings
from tfrecords_tools.base import errors
from video_models.optimization import learning_rates

# Shards are compared by content, steps in _check_steps; a change of devices is
# reported if it affects the last bits.
_FREE = {
    "--shards",
    "--workdir",
    "--feature_cache.folder",
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
# Folders and files that are compared by content and may move.
_MOVABLE = {"--reader.cache", "--features", "--objective.style"}
_MAX_SHOWN = 5


class Flags(NamedTuple):
    """The flags of a run that determine its steps.

    Attributes:
        values: name, such as `--train.steps`, to value of each set flag.
        train: settings of the loop.
        learning_rate: settings of the schedule.
    """

    values: dict[str, str]
    train: train_settings.Config
    learning_rate: learning_rates.Config


def check(then: Flags, now: Flags, done: int, folder: pathlib.Path) -> None:
    """Refuses to resume with flags that would have led to other steps.

    Args:
        then: flags of the run when it was last started.
        now: flags of this start.
        done: steps taken so far.
        folder: of the run, for messages.

    Raises:
        UserError: names both values of each flag, and the remedy.
    """
    changed = _differences(then.values, now.values)
    if changed:
        raise errors.UserError(
            f"{folder} was started with other flags: "
            + "; ".join(changed[:_MAX_SHOWN])
            + f". Use those, or another --workdir; --init.weights={folder} "
            "starts from the weights of this run"
        )
    _check_steps(then, now, done, folder)


def _check_steps(
    then: Flags, now: Flags, done: int, folder: pathlib.Path
) -> None:
    """Raises UserError if the run cannot have this number of steps."""
    before, steps = then.train.steps, now.train.steps
    if steps < done:
        raise errors.UserError(
            f"--train.steps={steps}, but {done} steps are done in {folder}: "
            f"wanted at least {done}, or another --workdir. launch.evaluate "
            "and launch.export use the existing checkpoints"
        )
    reason = _bound_to_steps(now)
    if steps != before and reason:
        raise errors.UserError(
            f"{folder} was started with --train.steps={before}, now {steps}: "
            f"{reason} depends on the number of steps, so the steps taken "
            f"would differ. Use --train.steps={before}; or continue from the "
            f"weights with --init.weights={folder} and another --workdir"
        )


def _bound_to_steps(now: Flags) -> str | None:
    """The flag that makes earlier steps depend on their total number."""
    fraction = now.train.average_from
    if fraction is not None:
        return f"--train.average_from={fraction}"
    return learning_rates.bound_to_steps(now.learning_rate)


def _differences(old: dict[str, str], new: dict[str, str]) -> list[str]:
    pairs = {
        name: (old.get(name, "unset"), new.get(name, "unset"))
        for name in sorted((old.keys() | new.keys()) - _FREE)
    }
    return [
        f"{name}={a}, now {b}"
        for name, (a, b) in pairs.items()
        if a != b and not (name in _MOVABLE and name in old and name in new)
    ]
