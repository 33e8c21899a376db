"""Handles evaluations that find a collapsed run."""

import dataclasses

from launch.training import opened_run, run_state
from tfrecords_tools.base import errors

_MAX_RESTARTS = 3


def restart(
    run: opened_run.OpenedRun, state: run_state.RunState, alarm: str
) -> run_state.RunState:
    """Restores the last good checkpoint, with new random draws.

    Args:
        run: the run; its variables are restored.
        state: of the collapsed step.
        alarm: why the run has collapsed.

    Returns:
        The state of the good checkpoint, with one more restart.

    Raises:
        UserError: see `check`.
    """
    good = check(
        state, alarm, run.saved.best(), run.config.on_alarm == "restart"
    )
    before = run.restore(good)
    restarts = max(state.restarts, before.restarts) + 1
    before = dataclasses.replace(before, restarts=restarts)
    # A barrier: the first host is about to change the checkpoints.
    run.shared_maximum(0)
    if run.is_chief:
        run.saved.remove_after(good)
        run.saved.update_metadata(good, run.metadata_of(before))
    return before


def check(
    state: run_state.RunState, alarm: str, good: int | None, may_restart: bool
) -> int:
    """Returns the good step to restart from, and prints it.

    Args:
        state: of the collapsed step.
        alarm: why the run has collapsed.
        good: step of the last good checkpoint, if any.
        may_restart: see `--train.on_alarm`.

    Raises:
        UserError: restarting is off or was done too often.
    """
    kept = f"the last good checkpoint is step {good}"
    kept = kept if good is not None else "no earlier checkpoint was good"
    text = f"step {state.step}: {alarm}; {kept}"
    if good is None or not may_restart:
        remedy = (
            "--train.on_alarm=restart to resume from it with other random draws"
        )
        raise errors.UserError(
            f"{text}. Lower --learning_rate.base"
            + (f", or give {remedy}" if good is not None else "")
        )
    if state.restarts == _MAX_RESTARTS:
        raise errors.UserError(
            f"{text}; restarted {state.restarts} times already"
        )
    print(f"alarm at {text}: restarting from it", flush=True)
    return good
