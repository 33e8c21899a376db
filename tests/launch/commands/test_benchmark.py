import json
import time

import numpy as np
import pytest

from launch.benchmarking import (
    benchmark_advice,
    benchmark_bound,
    benchmark_stages,
    stage_timing,
)
from launch.commands import benchmark
from launch.runs import run_flags
from tfrecords_tools.base import errors, flags

SMALL = (
    "--augment=random_resized_crop,flip",
    "--train.batch_size=4",
    "--train.steps=3",
    "--clip.frames=2",
    "--clip.size=16",
    "--backbone.widths=8",
    "--temporal=none",
)


class _Done:
    def numpy(self):
        return 0


def _stage(work, lead=0) -> stage_timing.Stage:
    return stage_timing.Stage("it", lambda: lambda: work() or _Done(), 2, lead)


def test_clips_are_counted_by_the_clock():
    sleeping = _stage(lambda: time.sleep(0.01))
    speed = stage_timing.measure([sleeping], 0.1, 1)["it"]
    assert 100 < speed.clips_per_second <= 200


def test_sleep_takes_no_cpu_time():
    sleeping = _stage(lambda: time.sleep(0.01))
    assert stage_timing.measure([sleeping], 0.1, 1)["it"].cpu_ms < 2.5


def test_leading_turns_are_not_measured():
    seconds = iter([0.1] * 3 + [0.0] * 2 + [0.1] * 3 + [0.0] * 100_000)
    stage = _stage(lambda: time.sleep(next(seconds)), lead=3)
    speed = stage_timing.measure([stage], 0.01, 1)["it"]
    assert speed.clips_per_second > 1000


def test_differences_are_taken_round_by_round():
    one = stage_timing.Speed(1.0, 5.0, (5.0, 9.0, 3.0))
    other = stage_timing.Speed(1.0, 4.0, (4.0, 8.0, 1.0))
    assert one.cpu_beyond(other) == 1.0


def _speeds(**rates: float) -> benchmark_bound.Speeds:
    """Clips a second of each stage on one core that is always busy."""
    stages = {
        "reading": rates.get("reading", 9000.0),
        "and decoding": rates.get("decoding", 500.0),
        "and augmenting": rates["full"],
        "training step": rates["step"],
        "input and step": rates.get("both", min(rates["full"], rates["step"])),
        "no flip": rates.get("no_flip", rates["full"]),
    }
    return {
        name: stage_timing.Speed(rate, 1000 / rate, (1000 / rate,))
        for name, rate in stages.items()
    }


@pytest.mark.parametrize("full, bound", [(100.0, "input"), (400.0, "step")])
def test_the_slower_one_bounds(full, bound):
    speeds = _speeds(full=full, step=200.0)
    assert benchmark_bound.find_bound(speeds, shared=False).bound == bound


def test_dearest_part_of_the_input_is_named():
    found = benchmark_bound.find_bound(_speeds(full=100.0, step=200.0), False)
    assert (found.part, found.costs["decoding"]) == (
        "augmenting",
        pytest.approx(1000 / 500 - 1000 / 9000),
    )


def test_storage_that_is_waited_for_is_named():
    speeds = _speeds(full=100.0, step=200.0, reading=110.0)
    assert benchmark_bound.find_bound(speeds, False).part == "reading"


def test_what_the_step_loses_to_its_input():
    speeds = _speeds(full=400.0, step=200.0, both=150.0)
    assert benchmark_bound.find_bound(speeds, True).lost == 0.25


def _advice(speeds, stored=(24, 32)) -> str:
    resolved = flags.parse(run_flags.COMMAND, ["--clip.size=16"])
    described = run_flags.to_experiment(resolved)
    bound = benchmark_bound.find_bound(speeds, shared=True)
    machine = benchmark_bound.Machine(2, (), "2.21.0")
    every = benchmark_advice.suggest(bound, speeds, described, stored, machine)
    return "\n".join(every)


def test_shards_that_are_too_large_are_named():
    slow = _speeds(full=90.0, step=200.0, decoding=100.0)
    assert "--media.short_side=20: they hold 320x240" in _advice(
        slow, (240, 320)
    )
    assert "--media.short_side" not in _advice(slow, (20, 25))


def test_dear_augmentation_is_named_with_its_cost():
    speeds = _speeds(full=100.0, step=200.0, no_flip=200.0)
    assert "without flip the input takes 5.00 of 10.00" in _advice(speeds)


def test_step_that_loses_nothing_gets_no_advice_about_input():
    speeds = _speeds(full=400.0, step=100.0, both=99.0)
    assert "a GPU" in _advice(speeds) and "--reader" not in _advice(speeds)


def test_each_augmentation_is_left_out_once():
    resolved = flags.parse(run_flags.COMMAND, list(SMALL))
    asked = run_flags.to_experiment(resolved).input
    assert {
        name: [chosen.name for chosen in less.augmentations]
        for name, less in benchmark_stages.without_one(asked)
    } == {
        "no random_resized_crop": ["flip"],
        "no flip": ["random_resized_crop"],
    }


@pytest.mark.full
def test_command_prints_one_line_of_json(toy_shards, capsys):
    arguments = [f"--shards={toy_shards}", "--json", "--seconds=0.01", *SMALL]
    benchmark.main(flags.parse(benchmark.COMMAND, arguments))
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert set(found["stages"]) == {
        *(benchmark_stages.READING, benchmark_stages.DECODING),
        *(benchmark_stages.FULL, benchmark_stages.STEP, benchmark_stages.BOTH),
        *("no random_resized_crop", "no flip"),
    }
    rates = [row["clips_per_second"] for row in found["stages"].values()]
    assert np.isfinite(rates).all() and found["peak_memory_mb"]["process"] > 1


def test_several_machines_are_refused(toy_shards):
    arguments = [f"--shards={toy_shards}", "--devices.strategy=multi_worker"]
    with pytest.raises(errors.UserError, match="measures one"):
        benchmark.main(flags.parse(benchmark.COMMAND, arguments))
