"""One training run, in chronological order.

`run(experiment, workdir)` trains without flags, as in tests and notebooks;
the command is launch.train.
"""

import dataclasses
import pathlib
from collections.abc import Iterator
from typing import Any

from launch.reporting import reports
from launch.runs import experiment as experiments
from launch.runs import run_folder
from launch.training import (
    alarms,
    opened_run,
    run_messages,
    run_state,
    step_values,
    stop_signals,
)
from pipelines.reading import damaged_records
from video_models import objective as objectives


def run(
    experiment: experiments.Experiment, workdir: str | pathlib.Path
) -> dict[str, Any]:
    """Trains to the end, from the newest checkpoint if there is one.

    Args:
        experiment: the settings.
        workdir: folder for checkpoints/, tensorboard/ and losses.csv.

    Returns:
        The report on the validation split; empty without one.

    Raises:
        UserError: invalid input; another run writes there; a loss is not
            finite.
        SystemExit: SIGTERM or Ctrl-C, after writing a checkpoint.
    """
    with run_folder.claimed(workdir, experiment.devices):
        return train(opened_run.open_run(experiment, workdir))


def train(opened: opened_run.OpenedRun) -> dict[str, Any]:
    """Takes the remaining steps; see `run`."""
    config, state = opened.config, opened.start
    run_messages.announce(opened)
    board = reports.Board(opened.logs / "tensorboard")
    with damaged_records.explained(
        opened.data, lambda: opened.samples_of_step(state)
    ):
        batches, values = _start(opened, state)
        if not state.step:
            opened.show_clips(board)
            state = opened.solve(state)
        progress = reports.Progress(state.step, config.steps)
        report, first = {}, None  # `first`: of the steps taken last.
        with stop_signals.StopSignals(
            opened.hosts, opened.shared_maximum
        ) as stops:
            while True:
                if state.owes_evaluation:
                    state, report, alarm = _evaluate(
                        opened, state, values, board
                    )
                    if alarm is not None:
                        state = alarms.restart(opened, state, alarm)
                        batches, values = _start(opened, state)
                        report, first = {}, None
                is_done = state.step >= config.steps
                if first is not None and not is_done:
                    stops.sync_stop_request(
                        state.is_due(first, config.log_every)
                    )
                if is_done or state.is_over or stops.agreed_stop:
                    break
                first, report = state.step, {}
                values.add(first, opened.loop.execute(batches, first))
                count = opened.loop.steps_at_once(first)
                state = state.after_steps(count, config)
                is_done = state.step == config.steps
                if is_done or state.is_due(first, config.log_every):
                    means = values.flush()
                    rates = _learning_rates(opened)
                    board.scalars(state.step, means | rates)
                    progress.show(state.step, means)
                if is_done or state.is_due(first, config.checkpoint_every):
                    _save(opened, state, values)
            _save(opened, state, values)
            if not (report or stops.agreed_stop):  # No steps were left.
                state, report, _ = _evaluate(opened, state, values, board)
    values.say_skipped()
    if stops.agreed_stop:
        run_messages.announce_stop(state.step)
        raise SystemExit(128 + stops.agreed_stop)
    run_messages.announce_best(opened, state)
    return report


def _start(
    opened: opened_run.OpenedRun, state: run_state.RunState
) -> tuple[Iterator, step_values.StepValues]:
    """Batches from `state` on, and the collector of their steps' values."""
    values = step_values.StepValues(
        reports.LossLog(opened.logs / "losses.csv", state.step),
        opened.config.batch_size,
        opened.data.folder,
        lambda: max(opened.saved.steps(), default=None),
    )
    return opened.batches(state), values


def _evaluate(
    opened: opened_run.OpenedRun,
    state: run_state.RunState,
    values: step_values.StepValues,
    board: reports.Board,
) -> tuple[run_state.RunState, dict[str, Any], str | None]:
    """Evaluates; keeps the checkpoint if it is the best so far.

    Returns:
        The new state, the report, and why the run has collapsed, or None.
    """
    samples = opened.workdir / "samples" if opened.is_chief else None
    report = opened.validation.report(opened.loop, board, state.step, samples)
    objective = opened.loop.objective
    alarm = objective.alarm(report) if report else None
    is_judged = type(objective).alarm is not objectives.Objective.alarm
    is_good = alarm is None if is_judged else None
    state = state.after_evaluation(report, opened.config, is_good)
    if report:
        is_over = bool(opened.shared_maximum(int(state.is_over)))
        state = dataclasses.replace(state, is_over=is_over)
    monitor = state.monitor
    is_best = monitor.step == state.step
    if is_best:
        _save(opened, state, values)
    if opened.is_chief and state.step in opened.saved.steps():
        opened.saved.update_metadata(state.step, opened.metadata_of(state))
        if is_best:
            best = {"name": monitor.name, "value": monitor.value}
            opened.saved.mark_best(state.step, best)
    return state, report, alarm


def _save(
    opened: opened_run.OpenedRun,
    state: run_state.RunState,
    values: step_values.StepValues,
) -> None:
    """Writes a checkpoint, unless a value or a weight is not finite."""
    values.flush()
    values.check_weights(opened.loop.objective.networks, state.step)
    opened.save(state)


def _learning_rates(opened: opened_run.OpenedRun) -> dict[str, float]:
    """The learning rate of each player now."""
    return {
        f"learning_rate/{player.name}": float(player.optimizer.learning_rate)
        for player in opened.loop.objective.players
    }
