"""A run that is killed again and again ends as if it never was."""

import os
import pathlib
import random
import shutil
import signal
import time

import numpy as np
import pytest
import tensorflow as tf

from launch.commands import train
from launch.runs import checkpoints, run_flags
from tests import forked
from tfrecords_tools.base import flags

STEPS = 40


CLASSIFIER = {
    "augment": "random_resized_crop,flip",
    "backbone": "frame_conv",
    "backbone.widths": "8",
    "backbone.norm": "batch",
    "temporal": "none",
    "head.dropout": 0.2,
}
GAN = {
    "objective": "gan",
    "objective.diff_augment": "color,shift",
    "objective.gradient_penalty": 0.01,
    "objective.min_diversity": 0,
    "extra_inputs": "noise",
    "noise.length": 8,
    "generator.motion_noise": 4,
    "generator.widths": "8,4",
    "image_discriminator.widths": "4,8",
    "video_discriminator.widths": "4,8",
}


def _flags(
    shards: str, workdir: pathlib.Path, more: dict[str, object]
) -> list[str]:
    given = {
        "shards": shards,
        "workdir": workdir,
        "train.steps": STEPS,
        "train.batch_size": 4,
        "train.checkpoint_every": 7,
        "train.log_every": 1,
        "train.ema_decay": 0.9,
        "clip.frames": 4,
        "clip.size": 16,
        **more,
    }
    return [f"--{name}={value}" for name, value in given.items()]


def _start(
    shards: str, workdir: pathlib.Path, more: dict[str, object] = CLASSIFIER
) -> forked.Process:
    return forked.start("launch.train", *_flags(shards, workdir, more))


def _finish(process: forked.Process) -> None:
    _, errors = process.communicate(timeout=280)
    assert process.returncode == 0, errors[-3000:]


def _steps_logged(workdir: pathlib.Path) -> int:
    path = workdir / "losses.csv"
    return path.read_text().count("\n") - 1 if path.exists() else 0


def _kill_at(step: int, process: forked.Process, workdir) -> None:
    log = workdir / "losses.csv"
    before = log.stat().st_mtime_ns if log.exists() else 0
    while process.returncode is None and (
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


@pytest.fixture(scope="module")
def terminated(toy_shards, tmp_path_factory):
    """The folder of a run that was terminated, and its exit status."""
    workdir = tmp_path_factory.mktemp("terminated")
    process = _start(toy_shards, workdir)
    while process.returncode is None and _steps_logged(workdir) < 2:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=100)
    return workdir, process.returncode


@pytest.mark.slow
def test_terminated_run_saves_and_says_so(terminated):
    workdir, status = terminated
    assert status == 128 + signal.SIGTERM
    steps = checkpoints.Checkpoints(workdir / "checkpoints").steps()
    assert steps and max(steps) >= _steps_logged(workdir)


@pytest.fixture
def begun(request, terminated, tmp_path):
    """The folder of a run that was terminated once, or of none yet."""
    workdir = tmp_path / "killed"
    if request.param:
        shutil.copytree(terminated[0], workdir)
    return workdir


@pytest.mark.slow
@pytest.mark.parametrize(
    "more, begun",
    [
        pytest.param(CLASSIFIER, True, id="classifier"),
        pytest.param(GAN, False, id="gan", marks=pytest.mark.full),
    ],
    indirect=["begun"],
)
def test_killed_run_ends_with_the_bytes_of_an_undisturbed_one(
    more, begun, toy_shards, tmp_path
):
    undisturbed = tmp_path / "undisturbed"
    arguments = _flags(toy_shards, undisturbed, more)
    assert not train.main(flags.parse(run_flags.COMMAND, arguments))
    kills = int(os.environ.get("KILLS", 1))
    draw = random.Random(os.getpid())
    moments = sorted(draw.sample(range(_steps_logged(begun) + 3, STEPS), kills))
    for moment in moments:
        _kill_at(moment, _start(toy_shards, begun, more), begun)
    _finish(_start(toy_shards, begun, more))
    one, other = _variables(undisturbed), _variables(begun)
    assert one.keys() == other.keys() and len(one) > 15
    for name, value in one.items():
        assert value.tobytes() == other[name].tobytes(), (name, moments)
    losses = [(w / "losses.csv").read_bytes() for w in (undisturbed, begun)]
    assert losses[0] == losses[1], moments
