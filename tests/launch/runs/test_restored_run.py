"""A run is read back without anything to train with."""

import json
import shutil

import numpy as np
import pytest
import tensorflow as tf

from launch.runs import checkpoints, restored_run
from launch.training import averaging
from tests.launch import short_runs
from video_models.optimization import optimizers
from video_models.weights import recorded_metadata

NAMES_OF_1 = {"monitor": "watch", "reference_fingerprint": "taught_by"}


def _weights(workdir):
    """The names that a checkpoint gives the networks, to their weights."""
    trained = restored_run.load_run(str(workdir))
    return {
        f"average_{name}": [np.array(each) for each in network.variables]
        for name, network in trained.networks.items()
    }


def _averages(folder):
    """The same, as a checkpoint holds them."""
    names = json.loads((folder / "names.json").read_text())
    reader = tf.train.load_checkpoint(str(folder / "state"))
    return {
        key: [
            reader.get_tensor(f"{key}/{number}/.ATTRIBUTES/VARIABLE_VALUE")
            for number in range(len(called))
        ]
        for key, called in names.items()
    }


def _newest(workdir):
    return max((workdir / "checkpoints").glob("0*"))


def test_networks_are_the_averages_of_the_checkpoint(trained):
    stored, weights = _averages(_newest(trained)), _weights(trained)
    assert stored.keys() == weights.keys()
    for name, values in stored.items():
        for one, other in zip(values, weights[name], strict=True):
            np.testing.assert_array_equal(one, other)


def test_nothing_but_the_averages_has_to_be_there(trained, tmp_path):
    run = shutil.copytree(trained, tmp_path / "run")
    folder = _newest(run)
    stored = _averages(folder)
    for file in folder.glob("state.*"):
        file.unlink()
    kept = {name: list(map(tf.Variable, each)) for name, each in stored.items()}
    tf.train.Checkpoint(**kept).write(str(folder / "state"))
    assert _weights(run).keys() == stored.keys()


def test_nothing_is_built_to_train_with(trained, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError

    monkeypatch.setattr(averaging.Averages, "__init__", refuse)
    monkeypatch.setattr(optimizers, "build_slots", refuse)
    restored_run.load_run(str(trained))


@pytest.fixture
def of_version_1(toy_shards, tmp_path, no_steps):
    """Folder of a run of 2 steps whose metadata are those of version 1."""
    short_runs.run(toy_shards, tmp_path, "--train.steps=2")
    path = _newest(tmp_path) / "facts.json"
    metadata = json.loads(path.read_text())
    assert metadata.pop("format_version") == recorded_metadata.FORMAT_VERSION
    assert metadata.keys() >= NAMES_OF_1.keys()
    old = {NAMES_OF_1.get(name, name): each for name, each in metadata.items()}
    path.write_text(json.dumps(old))
    return tmp_path


def test_run_of_version_1_is_resumed(of_version_1, toy_shards):
    short_runs.run(toy_shards, of_version_1, "--train.steps=4")
    saved = checkpoints.Checkpoints(of_version_1 / "checkpoints")
    assert saved.steps() == [2, 4]
    assert (
        saved.metadata(4)["format_version"] == recorded_metadata.FORMAT_VERSION
    )
    assert short_runs.steps_logged(of_version_1) == [0, 1, 2, 3]
