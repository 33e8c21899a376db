"""The results of launch.benchmark as a table or JSON."""

import resource
import sys
from typing import Any, NamedTuple

import tensorflow as tf

from launch.benchmarking import benchmark_bound as bounds
from launch.benchmarking import benchmark_stages as names
from launch.benchmarking import stage_timing

_ROWS = (names.READING, names.DECODING, names.FULL, names.STEP, names.BOTH)


class Report(NamedTuple):
    """The results.

    Attributes:
        machine: that was measured.
        speeds: stage name to its speed.
        bound: the bottleneck.
        advice: changes to try.
        memory_mb: see `peak_memory_mb`.
        clip_bytes: stored bytes of the frames of the first clip.
    """

    machine: bounds.Machine
    speeds: bounds.Speeds
    bound: bounds.Bound
    advice: list[str]
    memory_mb: dict[str, float]
    clip_bytes: int

    def values(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "machine": self.machine._asdict(),
            "stages": {
                name: {
                    "clips_per_second": speed.clips_per_second,
                    "cpu_ms_per_clip": speed.cpu_ms,
                }
                for name, speed in self.speeds.items()
            },
            **self.bound._asdict(),
            "advice": self.advice,
            "peak_memory_mb": self.memory_mb,
            "bytes_per_clip": self.clip_bytes,
        }

    def table(self) -> str:
        """A table as text."""
        machine, bound = self.machine, self.bound
        devices = ", ".join(machine.gpus) or "no GPU"
        memory = ", ".join(
            f"{k} {v:,.0f} MB" for k, v in self.memory_mb.items()
        )
        lines = [
            f"{machine.cores} cores, {devices}, TensorFlow "
            f"{machine.tensorflow}; peak memory: {memory}; "
            f"{self.clip_bytes / 1000:.0f} kB read per clip",
            "",
            f"{'':<16}{'clips/s':>10}{'CPU ms per clip':>16}",
        ]
        lines += [_row(name, self.speeds[name]) for name in _ROWS]
        lines += ["", "of the input, CPU ms per clip:"]
        lines += [f"{n:<16}{ms:>10.2f}" for n, ms in bound.costs.items()]
        if bound.singly:
            lines += ["", "saved without it (below 0: added), CPU ms per clip:"]
            lines += [f"{n:<20}{ms:>6.2f}" for n, ms in bound.singly.items()]
        advice = [f"{i}. {a}" for i, a in enumerate(self.advice, start=1)]
        return "\n".join([*lines, "", _format_bound(bound), *advice])


def peak_memory_mb() -> dict[str, float]:
    """Peak memory of this process and of each of its GPUs so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    memory = {"process": peak / 1e6}
    for gpu in tf.config.list_logical_devices("GPU"):
        name = gpu.name.rpartition("device:")[2]
        held = tf.config.experimental.get_memory_info(name)
        memory[name] = held["peak"] / 1e6
    return memory


def _row(name: str, speed: stage_timing.Speed) -> str:
    return f"{name:<16}{speed.clips_per_second:>10.1f}{speed.cpu_ms:>16.2f}"


def _format_bound(bound: bounds.Bound) -> str:
    inside = f", most of it {bound.part}" * (bound.bound == "input")
    shared = ", on the cores that both share" * bound.shared
    return (
        f"The {bound.bound} bounds this run{inside}. With its input the "
        f"step is {100 * bound.lost:.0f} % slower than alone{shared}. "
        "What would help:"
    )
