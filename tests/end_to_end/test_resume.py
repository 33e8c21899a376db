"""A run that is killed again and again ends as if it never was."""

import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf

from launch.runs import checkpoints

ROOT = pathlib.Path(__file__).parents[2]
STEPS = 40


CLASSIFIER = {
    "augment": "random_resized_crop,flip,color_jitter",
    "backbone": "frame_conv",
    "backbone.widths": "8,16",
    "backbone.norm": "batch",
    "temporal": "attention",
    "temporal.dropout": 0.2,
    "head.dropout": 0.2,
}
GAN = {
    "objective": "gan",
    "objective.changes": "color,shift",
    "objective.gradient_penalty": 0.01,
    "objective.least_diversity": 0,
    "view": "noise",
    "noise.length": 8,
    "generator.motion_noise": 4,
    "generator.widths": "8,4",
    "image_discriminator.widths": "4,8",
    "video_discriminator.widths": "4,8",
}


def _start(
    shards: str, workdir: pathlib.Path, more: dict[str, object] = CLASSIFIER
) -> subprocess.Popen:
    flags = {
        "shards": shards,
        "workdir": workdir,
        "train.steps": STEPS,
        "train.batch_size": 4,
        "train.checkpoint_every": 7,
        "train.log_every": 1,
        "train.average": 0.9,
        "clip.frames": 4,
        "clip.size": 16,
        **more,
    }
    command = [sys.executable, "-m", "launch.train"]
    command += [f"--{name}={value}" for name, value in flags.items()]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def _finish(process: subprocess.Popen) -> None:
    _, errors = process.communicate(timeout=280)
    assert process.returncode == 0, errors.decode()[-3000:]


def _steps_logged(workdir: pathlib.Path) -> int:
    path = workdir / "losses.csv"
    return path.read_text().count("\n") - 1 if path.exists() else 0


def _kill_at(step: int, process: subprocess.Popen, workdir) -> None:
    log = workdir / "losses.csv"
    before = log.stat().st_mtime_ns if log.exists() else 0
    while process.poll() is None and (
        _steps_logged(workdir) < step or log.stat().st_mtime_ns == before
    ):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()


def _variables(workdir: pathlib.Path) -> dict[str, np.ndarray]:
    folder = workdir / "checkpoints"
    step = max(checkpoints.Checkpoints(folder).steps())
    reader = tf.train.load_checkpoint(str(folder / f"{step:08d}" / "state"))
    names = reader.get_variable_to_shape_map()
    return {
        name: reader.get_tensor(name)
        for name in names
        if name.endswith("VARIABLE_VALUE")
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "more, kills", [(CLASSIFIER, 2), (GAN, 1)], ids=("classifier", "gan")
)
def test_killed_run_ends_with_the_bytes_of_an_undisturbed_one(
    more, kills, toy_shards, tmp_path
):
    kills = int(os.environ.get("KILLS", kills))
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    _finish(_start(toy_shards, undisturbed, more))
    draw = random.Random(os.getpid())
    moments = sorted(draw.sample(range(3, STEPS), kills))
    for moment in moments:
        _kill_at(moment, _start(toy_shards, killed, more), killed)
    _finish(_start(toy_shards, killed, more))
    one, other = _variables(undisturbed), _variables(killed)
    assert one.keys() == other.keys() and len(one) > 20
    for name, value in one.items():
        assert value.tobytes() == other[name].tobytes(), (name, moments)
    losses = [(w / "losses.csv").read_bytes() for w in (undisturbed, killed)]
    assert losses[0] == losses[1], moments


@pytest.mark.slow
def test_terminated_run_saves_and_says_so(toy_shards, tmp_path):
    process = _start(toy_shards, tmp_path)
    while process.poll() is None and _steps_logged(tmp_path) < 2:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=100)
    assert process.returncode == 128 + signal.SIGTERM
    steps = checkpoints.Checkpoints(tmp_path / "checkpoints").steps()
    assert steps and max(steps) >= _steps_logged(tmp_path)
