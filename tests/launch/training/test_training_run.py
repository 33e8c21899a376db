"""A run goes on where it stopped, with the same data; a bad loss stops it."""

import dataclasses
import shutil

import numpy as np
import pytest
import tensorflow as tf

from launch.runs import checkpoints, experiment, run_flags
from launch.training import training_run
from tfrecords_tools import manifest
from tfrecords_tools.base import errors, flags


def _experiment(shards, *more: str) -> experiment.Experiment:
    arguments = [
        f"--shards={shards}",
        "--train.batch_size=4",
        "--clip.frames=2",
        "--clip.size=16",
        "--backbone.widths=8",
        "--temporal=none",
        *more,
    ]
    return run_flags.to_experiment(flags.parse(run_flags.COMMAND, arguments))


@pytest.fixture(scope="module")
def begun(toy_shards, tmp_path_factory):
    """Folder of a run of two steps."""
    folder = tmp_path_factory.mktemp("begun")
    rule = "--optimizer.name=sgd"
    training_run.run(_experiment(toy_shards, "--train.steps=2", rule), folder)
    return folder


@pytest.fixture
def workdir(begun, tmp_path):
    """A copy of it."""
    return shutil.copytree(begun, tmp_path / "run")


def test_loss_that_is_not_finite_stops_and_keeps_the_last_good_state(
    toy_shards, workdir
):
    bad = _experiment(
        toy_shards,
        "--train.steps=9",
        "--train.checkpoint_every=1",
        # Infinite in float32: the first loss is finite, the weights are not.
        "--optimizer.name=sgd",
        "--learning_rate.schedule=constant",
        "--learning_rate.base=1e39",
    )
    with pytest.raises(errors.UserError, match="last good checkpoint"):
        training_run.run(bad, workdir)
    assert checkpoints.Checkpoints(workdir / "checkpoints").steps() == [2]


def test_other_batch_size_is_refused_when_a_run_goes_on(toy_shards, workdir):
    other = _experiment(toy_shards, "--train.steps=3", "--train.batch_size=8")
    with pytest.raises(errors.UserError, match="started with 4"):
        training_run.run(other, workdir)


def test_bfloat16_learns_with_float32_weights(toy_shards, tmp_path):
    described = _experiment(
        toy_shards, "--train.steps=2", "--devices.precision=bfloat16"
    )
    try:
        report = training_run.run(described, tmp_path)
    finally:
        tf.keras.mixed_precision.set_global_policy("float32")
    assert np.isfinite(report["loss"])


def test_other_training_clips_are_refused_when_a_run_goes_on(
    toy_shards, workdir, tmp_path
):
    shards = shutil.copytree(toy_shards, tmp_path / "shards")
    about = manifest.read(shards)
    train = [
        dataclasses.replace(s, sha256="0" * 64) for s in about.shards("train")
    ]
    splits = about.splits | {"train": tuple(train)}
    manifest.write(shards, dataclasses.replace(about, splits=splits))
    with pytest.raises(errors.UserError, match="other training clips"):
        training_run.run(_experiment(shards, "--train.steps=3"), workdir)
