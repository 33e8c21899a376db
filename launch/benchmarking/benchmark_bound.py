"""Finds the bottleneck of a run from measured speeds."""

import os
from typing import NamedTuple

import tensorflow as tf

from launch.benchmarking import benchmark_stages as names
from launch.benchmarking import stage_timing

_WAITING = 1.3  # If reading is at most this much faster, storage is the limit.

Speeds = dict[str, stage_timing.Speed]


class Machine(NamedTuple):
    """The measured machine."""

    cores: int
    gpus: tuple[str, ...]
    tensorflow: str

    @classmethod
    def detect(cls) -> "Machine":
        """This machine."""
        gpus = tf.config.list_physical_devices("GPU")
        details = [tf.config.experimental.get_device_details(g) for g in gpus]
        return cls(
            len(os.sched_getaffinity(0)),
            tuple(each.get("device_name", "GPU") for each in details),
            tf.__version__,
        )


class Bound(NamedTuple):
    """The bottleneck of a run.

    Attributes:
        bound: input or step.
        part: the most expensive part of the input: reading, decoding or
            augmenting; reading also if the input waits for storage.
        lost: fraction of the step's speed lost to the input.
        shared: whether input and step compute on the same cores.
        costs: CPU milliseconds per clip of those three parts.
        singly: CPU milliseconds per clip saved without each augmentation or
            additional entry, the most expensive first.
    """

    bound: str
    part: str
    lost: float
    shared: bool
    costs: dict[str, float]
    singly: dict[str, float]


def find_bound(speeds: Speeds, shared: bool) -> Bound:
    """Finds the bottleneck.

    Args:
        speeds: of the stages of `benchmark_stages`.
        shared: whether input and step compute on the same cores. If so, the
            one with more CPU time is the bottleneck, else the slower one.
    """
    reading, full = speeds[names.READING], speeds[names.FULL]
    step, both = speeds[names.STEP], speeds[names.BOTH]
    costs = {
        "reading": reading.cpu_ms,
        "decoding": speeds[names.DECODING].cpu_beyond(reading),
        "augmenting": full.cpu_beyond(speeds[names.DECODING]),
    }
    part = max(costs, key=lambda name: costs[name])
    if reading.clips_per_second < _WAITING * full.clips_per_second:
        part = "reading"
    dearer = full.cpu_ms > step.cpu_ms
    slower = full.clips_per_second < step.clips_per_second
    return Bound(
        "input" if (dearer if shared else slower) else "step",
        part,
        max(0.0, 1 - both.clips_per_second / step.clips_per_second),
        shared,
        costs,
        _singly(speeds),
    )


def _singly(speeds: Speeds) -> dict[str, float]:
    saved = {
        name.removeprefix("no "): speeds[names.FULL].cpu_beyond(speed)
        for name, speed in speeds.items()
        if name.startswith("no ")
    }
    return dict(sorted(saved.items(), key=lambda item: -item[1]))
