"""`launch.train` on two workers: one run, written by one of them."""

import json
import os
import socket
import subprocess
import sys

import pytest

from launch import checkpoints
from tests.launch import loop_run


@pytest.mark.slow
def test_two_workers_train_one_model(toy_shards, tmp_path):
    cluster = {"worker": [f"localhost:{_free_port()}" for _ in range(2)]}
    workers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "launch.train",
                f"--shards={toy_shards}",
                f"--workdir={tmp_path}",
                "--devices.strategy=multi_worker",
                "--train.steps=4",
                "--train.batch_size=4",
                "--clip.frames=4",
                "--clip.size=16",
                "--backbone.widths=8,16",
                "--backbone.norm=batch",
            ],
            cwd=loop_run.ROOT,
            env={
                **os.environ,
                "TF_CONFIG": json.dumps(
                    {
                        "cluster": cluster,
                        "task": {"type": "worker", "index": index},
                    }
                ),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for index in range(2)
    ]
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


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        return listener.getsockname()[1]
