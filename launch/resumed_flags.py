"""Which flags may change when a run goes on, and what to do about others.

What decides a step must stay: with the same flags, and with more steps where
nothing follows their number, a run that was stopped or at its end becomes the
run that was never stopped, bit by bit.
"""

import pathlib

from launch import checkpoints, run_flags
from tfrecords_tools.base import errors, flags
from video_models import learning_rates

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
    "--train.watch",
    "--train.on_alarm",
}
# Folders and files that are known by their content, wherever they stand.
_MOVABLE = {"--reader.cache", "--features", "--objective.style"}
_MOST_SHOWN = 5


def check(resolved: flags.Resolved) -> None:
    """Raises UserError where a run may not go on with these flags."""
    folder = pathlib.Path(resolved.settings.workdir)
    path = folder / run_flags.FILE_NAME
    done = checkpoints.Checkpoints(folder / "checkpoints").steps()
    if not (path.exists() and done):
        return
    # Read as a command line: settings that it does not name have defaults.
    then = flags.parse(run_flags.COMMAND, [f"--flagfile={path}"])
    changed = _differences(then, resolved)
    if changed:
        raise errors.UserError(
            f"{folder} was begun with other flags: "
            + "; ".join(changed[:_MOST_SHOWN])
            + f". Use those, or another --workdir; --init.weights={folder} "
            "starts that from the weights of this run"
        )
    _check_steps(then, resolved, max(done), folder)


def _check_steps(
    then: flags.Resolved,
    now: flags.Resolved,
    done: int,
    folder: pathlib.Path,
) -> None:
    """Raises UserError where the run cannot become one of so many steps."""
    before, steps = (each.sections["train"].steps for each in (then, now))
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


def _bound_to_steps(resolved: flags.Resolved) -> str | None:
    """The flag by which earlier steps depend on how many there are in all."""
    share = resolved.sections["train"].average_from
    if share is not None:
        return f"--train.average_from={share}"
    return learning_rates.bound_to_steps(resolved.sections["learning_rate"])


def _differences(then: flags.Resolved, now: flags.Resolved) -> list[str]:
    old, new = _values(then), _values(now)
    pairs = {
        name: (old.get(name, "not given"), new.get(name, "not given"))
        for name in sorted(set(old) | set(new))
    }
    return [
        f"{name}={a}, now {b}"
        for name, (a, b) in pairs.items()
        if a != b and not (name in _MOVABLE and name in old and name in new)
    ]


def _values(resolved: flags.Resolved) -> dict[str, str]:
    lines = flags.lines(resolved, run_flags.COMMAND)
    rows = [line.partition("=") for line in lines]
    return {name: value for name, _, value in rows if name not in _FREE}
