"""The file of --init.weights, and the networks that it fits."""

import numpy as np
import pytest
import safetensors.numpy

from pipelines import batch
from tfrecords_tools.base import errors, registry
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


def test_folder_that_is_no_run_is_refused(tmp_path):
    _refused(tmp_path, _components(), "no checkpoint")
