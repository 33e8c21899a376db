"""The messages of a run before its first step and after its last."""

import math

from launch.training import opened_run, run_state


def announce(run: opened_run.OpenedRun) -> None:
    """Prints data, networks, steps and folder, and any warnings."""
    networks = run.loop.objective.networks.values()
    parameters = sum(network.count_params() for network in networks)
    trained = sum(
        math.prod(variable.shape)
        for network in networks
        for variable in network.trainable_variables
    )
    print(
        f"{run.data.clips} training clips, "
        f"{len(run.data.manifest.labels)} labels; {parameters:,} parameters, "
        f"{trained:,} of them trained; "
        f"{run.strategy.num_replicas_in_sync} replica(s); "
        f"steps {run.start.step} to {run.config.steps} of "
        f"{run.config.batch_size} clips; into {run.workdir}",
        flush=True,
    )
    if run.is_chief:
        for each in run.warnings:
            print(f"warning: {each}", flush=True)


def announce_stop(step: int) -> None:
    """Prints the step at which a signal stopped the run."""
    print(f"stopped at step {step}; re-run the same command to resume")


def announce_best(run: opened_run.OpenedRun, state: run_state.RunState) -> None:
    """Prints the best step, and whether the run ended early."""
    monitor, steps = state.monitor, run.config.steps
    if monitor.step is None:
        return
    if state.is_over and state.step < steps:
        print(
            f"stopped early at step {state.step} of {steps}: "
            f"{monitor.since} evaluations without improvement; resume with a "
            "larger --train.patience"
        )
    if monitor.step != state.step:
        print(
            f"best: {monitor.describe()}; select it in launch.evaluate and "
            "launch.export with --checkpoint=best"
        )
