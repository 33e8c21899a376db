"""What to do where an evaluation finds that a run has collapsed."""

import dataclasses

from launch.training import opened_run, run_state
from tfrecords_tools.base import errors

_MAX_RESTARTS = 3


def restart(
    run: opened_run.OpenedRun, state: run_state.RunState, alarm: str
) -> run_state.RunState:
    """Back to the last good checkpoint, from which the draws are others.

    Args:
        run: the run; its variables are restored.
        state: of the collapsed step.
        alarm: why it is one.

    Returns:
        The state of the good checkpoint, one restart later.

    Raises:
        UserError: see `check`.
    """
    good = check(
        state, alarm, run.saved.best(), run.config.on_alarm == "restart"
    )
    before = run.restore(good)
    restarts = max(state.restarts, before.restarts) + 1
    before = dataclasses.replace(before, restarts=restarts)
    # No host may read what the first one is about to change.
    run.shared_maximum(0)
    if run.is_chief:
        run.saved.remove_after(good)
        run.saved.update_metadata(good, run.metadata_of(before))
    return before


def check(
    state: run_state.RunState, alarm: str, good: int | None, may_restart: bool
) -> int:
    """The good step to restart from; says so.

    Args:
        state: of the collapsed step.
        alarm: why it is one.
        good: step of the last good checkpoint, if there is one.
        may_restart: see `--train.on_alarm`.

    Raises:
        UserError: the run is to end, or was restarted too often.
    """
    kept = f"the last good checkpoint is step {good}"
    kept = kept if good is not None else "no checkpoint was good before"
    text = f"step {state.step}: {alarm}; {kept}"
    if good is None or not may_restart:
        remedy = "--train.on_alarm=restart to restart from it with other draws"
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
