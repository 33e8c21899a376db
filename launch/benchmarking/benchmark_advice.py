"""Which flags would make a measured run faster."""

import math

from launch.benchmarking import benchmark_bound as bounds
from launch.benchmarking import benchmark_stages as names
from launch.benchmarking import stage_timing
from launch.runs import experiment

_NOISE = 0.05  # Of the step alone: what is lost beyond comes from the input.
_SHORT_STEP_MS = 20.0
_MUCH = 0.1  # Of the input's CPU time; what costs less is not worth a word.


def suggest(
    bound: bounds.Bound,
    speeds: bounds.Speeds,
    described: experiment.Experiment,
    stored: tuple[int, int],
    machine: bounds.Machine,
) -> list[str]:
    """What to change, most promising first.

    Args:
        bound: what was found.
        speeds: of the stages of `benchmark_stages`.
        described: the run.
        stored: height and width of the shards' frames, pixels.
        machine: where it was measured.
    """
    of_input = [
        *_of_decoding(bound, described, stored),
        *_of_parts(bound, speeds[names.FULL].cpu_ms),
        *_of_machines(speeds, described, machine),
    ]
    if bound.bound == "input":
        return of_input
    of_step = _of_step(speeds[names.STEP], described, machine)
    return of_step + (of_input if bound.lost > _NOISE else [])


def _of_decoding(
    bound: bounds.Bound,
    described: experiment.Experiment,
    stored: tuple[int, int],
) -> list[str]:
    clip = described.input.clip
    said = []
    # As much more than the crop as is usual: 256 for 224, 128 for 112.
    wanted = max(clip.scaled_short_side, -(-clip.size * 8 // 7))
    wanted += wanted % 2
    if bound.part != "augmenting" and min(stored) > 1.15 * wanted:
        said.append(
            f"build the shards with --media.short_side={wanted}: they hold "
            f"{stored[1]}x{stored[0]} pixels, the network sees "
            f"{clip.size}x{clip.size}"
        )
    if bound.part != "augmenting" and not described.input.reader.cache:
        said.append(
            "--reader.cache=DIR on a local disk keeps the frames decoded and "
            "small"
        )
    return said


def _of_parts(bound: bounds.Bound, total: float) -> list[str]:
    return [
        f"without {name} the input takes {cost:.2f} of {total:.2f} CPU ms a "
        "clip less"
        for name, cost in bound.singly.items()
        if cost > _MUCH * total
    ]


def _of_machines(
    speeds: bounds.Speeds,
    described: experiment.Experiment,
    machine: bounds.Machine,
) -> list[str]:
    said = []
    if not described.input.reader.service:
        said.append(
            "--reader.service=grpc://HOST:5050 makes batches on further "
            "machines: python -m launch.data_service"
        )
    if machine.gpus:
        cpu_seconds = speeds[names.FULL].cpu_ms / 1000
        needed = math.ceil(speeds[names.STEP].clips_per_second * cpu_seconds)
        said.append(
            f"more cores: to keep up with the step the input needs {needed}, "
            f"here are {machine.cores}"
        )
    return said


def _of_step(
    step: stage_timing.Speed,
    described: experiment.Experiment,
    machine: bounds.Machine,
) -> list[str]:
    chosen, config = described.devices, described.train
    smaller = "a smaller --clip.size, fewer --clip.frames, a smaller network"
    if not machine.gpus:
        slow = "--devices.xla=off: it is slower on a CPU"
        cores = f"more than {machine.cores} cores, or a GPU"
        return [slow] * (chosen.xla == "on") + [cores, smaller]
    said = ["--devices.xla=on"] * (chosen.xla == "off")
    said += ["--devices.precision=bfloat16"] * (chosen.precision == "float32")
    said.append(f"--train.batch_size={2 * config.batch_size}, if it has room")
    step_ms = 1000 * config.batch_size / step.clips_per_second
    if step_ms < _SHORT_STEP_MS and config.steps_per_execution == 1:
        said.append(
            f"--train.steps_per_execution=10: one step takes {step_ms:.1f} ms"
        )
    return [*said, smaller]
