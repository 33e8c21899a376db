import dataclasses
import shutil

import keras
import numpy as np
import pytest
import safetensors.numpy

from launch.runs import restored_run, run_flags
from launch.training import training_run
from pipelines import batch
from tfrecords_tools import manifest
from tfrecords_tools.base import errors, flags, registry
from video_models import objective, video_network
from video_models.introspection import layer_paths
from video_models.weights import fitting, initial_weights


def _components(backbone="r2plus1d", head="published"):
    chosen = {
        package: registry.choose(
            f"video_models.{package}",
            name,
            registry.load(f"video_models.{package}", name).TINY,
        )
        for package, name in (
            ("backbones", backbone),
            ("temporal", "none"),
            ("heads", head),
        )
    }
    return objective.Components(*chosen.values())


def _networks(components, classes=3, size=16):
    clip = batch.ClipSpec(frames=2, size=size)
    built = video_network.build(
        components.backbone, components.temporal, components.head, clip, classes
    )
    return {"classifier": built}


def _published_file(path, components, networks):
    """Random weights under their published names, as PyTorch has them."""
    draw = np.random.default_rng(0).normal
    arrays = {}
    for each in layer_paths.weights(networks["classifier"]):
        inside = "/".join(each.path.split("/")[-2:])
        shape = tuple(each.variable.shape)
        if inside.endswith("kernel"):
            shape = (*reversed(shape[-2:]), *shape[:-2])
        name = components.backbone.module.published_name(inside)
        arrays[name] = np.float32(draw(size=shape))
    safetensors.numpy.save_file(arrays, path)
    return arrays


def test_public_checkpoint_fills_backbone_and_published_head(tmp_path):
    components, path = _components(), tmp_path / "public.safetensors"
    networks = _networks(components)
    arrays = _published_file(path, components, networks)
    config = initial_weights.Config(weights=str(path), strict=True)
    found = initial_weights.load(config, networks, components)
    assert found.share == 1.0 and not found.unused
    head = networks["classifier"].get_layer("published_head")
    np.testing.assert_array_equal(
        head.get_layer("logits").kernel, arrays["fc.weight"].T
    )


def test_layers_in_networks_within_the_backbone_are_filled(tmp_path):
    components, path = (
        _components("video_swin"),
        tmp_path / "public.safetensors",
    )
    networks = _networks(components, size=32)
    arrays = {}
    for target in fitting.list_targets(networks):
        inside = "/".join(target.path.split("/")[-target.least :])
        shape = tuple(target.variable.shape)
        if inside.endswith("kernel"):
            shape = (*reversed(shape[-2:]), *shape[:-2])
        name = components.backbone.module.published_name(inside)
        if name:
            arrays[name] = np.ones(shape, np.float32)
    safetensors.numpy.save_file(arrays, path)
    config = initial_weights.Config(weights=str(path))
    found = initial_weights.load(config, networks, components)
    assert found.share == 1.0 and not found.unused


def test_head_for_other_classes_stays_fresh(tmp_path):
    components, path = _components(), tmp_path / "public.safetensors"
    _published_file(path, components, _networks(components))
    config = initial_weights.Config(weights=str(path))
    found = initial_weights.load(
        config, _networks(components, classes=7), components
    )
    fresh = [row.target.path for row in found.fresh]
    assert fresh == [
        "classifier/published_head/logits/kernel",
        "classifier/published_head/logits/bias",
    ]
    strict = initial_weights.Config(weights=str(path), strict=True)
    with pytest.raises(errors.UserError, match="--init.strict"):
        initial_weights.load(
            strict, _networks(components, classes=7), components
        )


def _refused(path, components, match):
    config = initial_weights.Config(weights=str(path))
    with pytest.raises(errors.UserError, match=match):
        initial_weights.load(config, _networks(components), components)


def test_file_of_another_network_is_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    safetensors.numpy.save_file({"a": np.zeros(2, np.float32)}, path)
    _refused(path, _components(), "nothing in .* fits --backbone=r2plus1d")


def test_backbone_without_published_names_is_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    safetensors.numpy.save_file({"a": np.zeros(2, np.float32)}, path)
    _refused(
        path, _components("frame_conv", "classifier"), "no published weights"
    )


def test_file_that_is_not_there_is_refused(tmp_path):
    _refused(tmp_path / "a.pth", _components(), "no such file")
    _refused(tmp_path / "run", _components(), "no such file or folder")


def test_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "a.what").touch()
    _refused(tmp_path / "a.what", _components(), "wanted a run's")


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


def test_resumed_run_does_not_look_for_the_weights(
    toy_shards, tmp_path, no_steps
):
    first = _experiment(toy_shards, "--train.steps=1")
    training_run.run(first, tmp_path)
    gone = _experiment(
        toy_shards, "--train.steps=2", "--init.weights=/nowhere.keras"
    )
    training_run.run(gone, tmp_path)


def test_folder_that_is_no_run_is_refused(tmp_path):
    _refused(tmp_path, _components(), "no checkpoint")
