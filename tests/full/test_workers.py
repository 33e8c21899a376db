"""`launch.train` on two workers: one run, written by one of them."""

import os
import signal
import time

import pytest

from launch.runs import checkpoints
from tests import forked
from tests.launch import loop_run


def _start(shards: str, folder, steps: int) -> list[forked.Process]:
    command = [
        "launch.train",
        f"--shards={shards}",
        f"--workdir={folder}",
        "--devices.strategy=multi_worker",
        f"--train.steps={steps}",
        "--train.batch_size=4",
        "--train.log_every=2",
        "--clip.frames=4",
        "--clip.size=16",
        "--backbone.widths=8,16",
        "--backbone.norm=batch",
    ]
    return [
        forked.start(*command, env={**os.environ, **environment})
        for environment in loop_run.cluster(2)
    ]


@pytest.mark.full
def test_two_workers_train_one_model(toy_shards, tmp_path):
    workers = _start(toy_shards, tmp_path, steps=4)
    outputs = [worker.communicate(timeout=250) for worker in workers]
    for worker, (_, complaint) in zip(workers, outputs, strict=True):
        assert worker.returncode == 0, complaint[-3000:]
    assert checkpoints.Checkpoints(tmp_path / "checkpoints").steps() == [4]
    chief, other = (
        (folder / "losses.csv").read_text()
        for folder in (tmp_path, tmp_path / "worker-1")
    )
    assert chief == other and chief.count("\n") == 5
    # Both evaluated together: every clip counts once.
    assert "validation/accuracy" in outputs[0][0]


@pytest.mark.full
def test_both_workers_stop_and_save_when_one_is_told_to(toy_shards, tmp_path):
    workers = _start(toy_shards, tmp_path, steps=100_000)
    log = tmp_path / "losses.csv"
    began = time.monotonic()
    while not (log.exists() and log.stat().st_size):
        assert time.monotonic() - began < 200
        time.sleep(0.1)
    workers[1].send_signal(signal.SIGTERM)
    for worker in workers:
        worker.communicate(timeout=100)
        assert worker.returncode == 128 + signal.SIGTERM
    assert len(checkpoints.Checkpoints(tmp_path / "checkpoints").steps()) == 1
