"""The signature `embed` of an export."""

import json
import shutil

import numpy as np
import pytest

from launch.generation import clip_features
from launch.serving import loaded_model
from tfrecords_tools.base import errors

CLIPS = np.random.default_rng(0).integers(0, 256, (3, 4, 16, 16, 3), np.uint8)


@pytest.fixture(scope="module")
def loaded(exported):
    return loaded_model.LoadedModel(exported)


@pytest.fixture(scope="module")
def network(trained):
    return clip_features.load_network(str(trained))


def test_features_are_those_of_the_network_in_memory(loaded, network):
    wanted = network.extract(CLIPS).features
    np.testing.assert_allclose(loaded.embed(CLIPS), wanted, atol=1e-4)


def test_fingerprint_is_that_of_the_run(loaded, network):
    assert loaded.features.fingerprint == network.fingerprint


def test_size_is_the_length_of_a_row(loaded):
    assert loaded.embed(CLIPS).shape == (3, loaded.features.size)


def test_pixels_are_what_the_network_sees_of_jpegs(loaded):
    pixels = loaded.pixels([loaded.golden.jpegs])
    assert pixels.shape == (1, *loaded.metadata.clip.shape)
    assert pixels.dtype == np.uint8


def test_clips_of_another_size_are_refused(loaded):
    with pytest.raises(errors.UserError, match="refuses the request.*pixels"):
        loaded.embed(CLIPS[:, :, :8])


def test_export_of_an_earlier_version_is_told_to_be_made_again(
    exported, tmp_path
):
    copy = shutil.copytree(exported / "1", tmp_path / "1")
    file = copy / "assets.extra" / "model.json"
    values = json.loads(file.read_text())
    del values["features"]
    file.write_text(json.dumps(values))
    with pytest.raises(errors.UserError, match="gives no features.*again"):
        loaded_model.LoadedModel(tmp_path).embed(CLIPS)
