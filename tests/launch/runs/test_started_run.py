"""A run starts from the weights of a file or of another run."""

import dataclasses
import shutil

import keras
import numpy as np
import pytest

from launch.runs import restored_run, run_flags
from launch.training import training_run
from pipelines import batch
from tfrecords_tools import manifest
from tfrecords_tools.base import errors, flags
from video_models import video_network
from video_models.weights import initial_weights


def _experiment(shards, *more):
    arguments = [
        f"--shards={shards}",
        "--train.batch_size=4",
        "--clip.frames=4",
        "--clip.size=16",
        "--backbone=frame_conv",
        "--backbone.widths=8,16",
        "--temporal=attention",
        *more,
    ]
    return run_flags.to_experiment(flags.parse(run_flags.COMMAND, arguments))


def test_run_starts_from_the_averages_of_another(
    trained, toy_shards, tmp_path, capsys, no_steps
):
    source = restored_run.load_run(str(trained)).networks["classifier"]
    described = _experiment(
        toy_shards,
        "--train.steps=1",
        f"--init.weights={trained}",
    )
    training_run.run(described, tmp_path)
    assert "loaded 100.0 % of the parameters" in capsys.readouterr().out
    assert "loaded 100.0 %" in (tmp_path / "init_report.txt").read_text()
    started = restored_run.RestoredRun(described, tmp_path).networks[
        "classifier"
    ]
    for one, other in zip(
        started.trainable_variables, source.trainable_variables, strict=True
    ):
        np.testing.assert_array_equal(one, other)


def _renamed(shards, folder, *labels):
    """The same shards, whose labels bear other names."""
    renamed = shutil.copytree(shards, folder)
    about = manifest.read(renamed)
    manifest.write(renamed, dataclasses.replace(about, labels=labels))
    return renamed


def _head(networks):
    (network,) = networks.values()
    return network.get_layer("classifier").get_layer("logits").get_weights()


@pytest.mark.parametrize("checkpoint", ["", "checkpoints/00000012"])
def test_labels_in_another_order_are_loaded_by_their_names(
    trained, toy_shards, tmp_path, capsys, no_steps, checkpoint
):
    shards = _renamed(toy_shards, tmp_path / "s", "light", "dark", "grey")
    source = restored_run.load_run(str(trained)).networks
    described = _experiment(
        shards, "--train.steps=1", f"--init.weights={trained / checkpoint}"
    )
    training_run.run(described, tmp_path / "run")
    started = restored_run.RestoredRun(described, tmp_path / "run").networks
    for own, theirs in zip(_head(started), _head(source), strict=True):
        np.testing.assert_array_equal(own, theirs[..., [2, 0, 1]])
    said = "3 of 3 labels by name, their order was another"
    assert said in capsys.readouterr().out
    assert said in (tmp_path / "run" / "init_report.txt").read_text()


@pytest.mark.full
def test_as_many_other_labels_leave_the_head_fresh(
    trained, toy_shards, tmp_path, capsys, no_steps
):
    shards = _renamed(toy_shards, tmp_path / "s", "x", "y", "z")
    start = f"--init.weights={trained}"
    described = _experiment(shards, "--train.steps=1", start)
    training_run.run(described, tmp_path / "run")
    said = capsys.readouterr().out
    assert "loaded 100.0 %" not in said
    assert "logits/kernel (128, 3) its labels were dark, grey, light" in said
    strict = _experiment(shards, "--train.steps=1", start, "--init.strict")
    with pytest.raises(errors.UserError, match="its labels were dark"):
        training_run.run(strict, tmp_path / "strict")


def test_file_in_the_folder_of_a_run_has_its_labels(trained, tmp_path):
    run = shutil.copytree(trained, tmp_path / "run")
    source = restored_run.load_run(str(run)).networks["classifier"]
    source.save(run / "a.keras")
    shutil.copy(run / "a.keras", tmp_path / "alone.keras")
    components = _experiment("").components
    said = {}
    for path in (run / "a.keras", tmp_path / "alone.keras"):
        networks = {
            "classifier": video_network.build(
                components.backbone,
                components.temporal,
                components.head,
                batch.ClipSpec(frames=4, size=16),
                3,
            )
        }
        found = initial_weights.load(
            initial_weights.Config(weights=str(path)),
            networks,
            components,
            {"": ("light", "new", "newer")},
        )
        said[path.stem] = found.summary()
    wanted = "1 of 3 labels by name, fresh new, newer, not used dark, grey"
    assert wanted in said["a"]
    assert "labels are not named in the file" in said["alone"]


def test_keras_file_fits_a_network_with_another_block_after_it(
    trained, tmp_path
):
    source = restored_run.load_run(str(trained)).networks["classifier"]
    source.save(tmp_path / "a.keras")
    keras.utils.set_random_seed(1)
    components = _experiment("", "--temporal=none").components
    clip = batch.ClipSpec(frames=4, size=16)
    built = video_network.build(
        components.backbone, components.temporal, components.head, clip, 3
    )
    config = initial_weights.Config(weights=str(tmp_path / "a.keras"))
    found = initial_weights.load(config, {"classifier": built}, components)
    assert not found.fresh
    assert any(
        name.startswith("video_network/attention") for name in found.unused
    )


def test_backbone_alone_starts_from_another_run(
    trained, toy_shards, tmp_path, capsys, no_steps
):
    source = restored_run.load_run(str(trained)).networks["classifier"]
    described = _experiment(
        toy_shards, "--train.steps=1", f"--backbone.weights={trained}"
    )
    training_run.run(described, tmp_path)
    said = f"--backbone=frame_conv starts from {trained}"
    assert said in capsys.readouterr().out
    assert said in (tmp_path / "init_report.txt").read_text()
    started = restored_run.RestoredRun(described, tmp_path).networks
    ours, theirs = (
        network.get_layer("frame_conv").get_weights()
        for network in (started["classifier"], source)
    )
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.full
def test_resumed_run_does_not_look_for_the_weights(
    toy_shards, tmp_path, no_steps
):
    first = _experiment(toy_shards, "--train.steps=1")
    training_run.run(first, tmp_path)
    gone = _experiment(
        toy_shards,
        "--train.steps=2",
        "--init.weights=/nowhere.keras",
        "--backbone.weights=/nowhere.keras",
    )
    training_run.run(gone, tmp_path)
