"""Suggests flags that make a measured run faster."""

import math

from launch.benchmarking import benchmark_bound as bounds
from launch.benchmarking import benchmark_stages as names
from launch.benchmarking import stage_timing
from launch.runs import experiment as experiments

_NOISE = 0.05  # Of the step's time: larger losses come from the input.
_SHORT_STEP_MS = 20.0
_MIN_COST = 0.1  # Of the input's CPU time; smaller costs are not reported.


def suggest(
    bound: bounds.Bound,
    speeds: bounds.Speeds,
    experiment: experiments.Experiment,
    stored: tuple[int, int],
    machine: bounds.Machine,
) -> list[str]:
    """Returns changes to try, most promising first.

    Args:
        bound: the bottleneck.
        speeds: of the stages of `benchmark_stages`.
        experiment: the run.
        stored: height and width of the shards' frames, pixels.
        machine: that was measured.
    """
    of_input = [
        *_of_decoding(bound, experiment, stored),
        *_of_parts(bound, speeds[names.FULL].cpu_ms),
        *_of_machines(speeds, experiment, machine),
    ]
    if bound.bound == "input":
        return of_input
    of_step = _of_step(speeds[names.STEP], experiment, machine)
    return of_step + (of_input if bound.lost > _NOISE else [])


def _of_decoding(
    bound: bounds.Bound,
    experiment: experiments.Experiment,
    stored: tuple[int, int],
) -> list[str]:
    clip = experiment.input.clip
    advice = []
    # The usual ratio to the crop: 256 for 224, 128 for 112.
    short_side = max(clip.scaled_short_side, -(-clip.size * 8 // 7))
    short_side += short_side % 2
    if bound.part != "augmenting" and min(stored) > 1.15 * short_side:
        advice.append(
            f"build the shards with --media.short_side={short_side}: they hold "
            f"{stored[1]}x{stored[0]} pixels, the network's input is "
            f"{clip.size}x{clip.size}"
        )
    if bound.part != "augmenting" and not experiment.input.reader.cache:
        advice.append(
            "--reader.cache=DIR on a local disk stores decoded, downscaled "
            "frames"
        )
    return advice


def _of_parts(bound: bounds.Bound, total: float) -> list[str]:
    return [
        f"without {name} the input takes {cost:.2f} of {total:.2f} CPU ms per "
        "clip less"
        for name, cost in bound.singly.items()
        if cost > _MIN_COST * total
    ]


def _of_machines(
    speeds: bounds.Speeds,
    experiment: experiments.Experiment,
    machine: bounds.Machine,
) -> list[str]:
    advice = []
    if not experiment.input.reader.service:
        advice.append(
            "--reader.service=grpc://HOST:5050 computes batches on other "
            "machines: python -m launch.data_service"
        )
    if machine.gpus:
        cpu_seconds = speeds[names.FULL].cpu_ms / 1000
        needed = math.ceil(speeds[names.STEP].clips_per_second * cpu_seconds)
        advice.append(
            f"more cores: the input needs {needed} to keep up with the step, "
            f"this machine has {machine.cores}"
        )
    return advice


def _of_step(
    step: stage_timing.Speed,
    experiment: experiments.Experiment,
    machine: bounds.Machine,
) -> list[str]:
    chosen, config = experiment.devices, experiment.train
    smaller = "a smaller --clip.size, fewer --clip.frames, a smaller network"
    if not machine.gpus:
        slow = "--devices.xla=off: it is slower on a CPU"
        cores = f"more than {machine.cores} cores, or a GPU"
        return [slow] * (chosen.xla == "on") + [cores, smaller]
    advice = ["--devices.xla=on"] * (chosen.xla == "off")
    advice += ["--devices.precision=bfloat16"] * (chosen.precision == "float32")
    advice.append(
        f"--train.batch_size={2 * config.batch_size}, if memory allows"
    )
    step_ms = 1000 * config.batch_size / step.clips_per_second
    if step_ms < _SHORT_STEP_MS and config.steps_per_execution == 1:
        advice.append(
            f"--train.steps_per_execution=10: one step takes {step_ms:.1f} ms"
        )
    return [*advice, smaller]
