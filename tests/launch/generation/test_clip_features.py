import shutil
import types

import numpy as np
import pytest

from launch.generation import clip_features
from pipelines import batch
from tfrecords_tools.base import errors
from video_models.introspection import weight_fingerprint

CLIPS = np.random.default_rng(0).integers(0, 256, (7, 4, 16, 16, 3), np.uint8)


@pytest.fixture(scope="module")
def network(trained):
    return clip_features.load_network(str(trained))


def test_features_are_a_row_a_clip(network):
    found = network.extract(CLIPS)
    assert found.features.shape == (7, 128)
    assert found.features.dtype == np.float32
    assert found.labels.shape == (7,) and found.labels.dtype == np.int32


def test_clips_do_not_depend_on_those_beside_them(network):
    each = [network.extract(clip[None]).features[0] for clip in CLIPS]
    found = network.extract(CLIPS).features
    np.testing.assert_allclose(found, each, rtol=1e-4, atol=1e-5)


def test_labels_are_those_that_the_run_predicts(network):
    run = network.trained
    frames = CLIPS.astype(np.float32)
    scores = run.objective.predict(run.networks, frames)["scores"]
    assert (
        network.extract(CLIPS).labels.tolist() == np.argmax(scores, 1).tolist()
    )


def test_fingerprint_is_the_same_when_the_run_is_opened_again(network, trained):
    again = clip_features.load_network(str(trained))
    assert again.fingerprint == network.fingerprint


def test_another_weight_has_another_fingerprint(trained):
    (network,) = clip_features.load_network(
        str(trained)
    ).trained.networks.values()
    before = weight_fingerprint.compute(network)
    weight = network.weights[-1]
    weight.assign(weight + 1e-6)
    assert weight_fingerprint.compute(network) != before


@pytest.mark.parametrize(
    "shape, wanted",
    [
        ((2, 4, 24, 24, 3), "4 frames of 24x24, wanted 4 of 16x16.*size=24"),
        ((2, 8, 16, 16, 3), "8 frames of 16x16, wanted 4 of 16x16.*frames=8"),
    ],
)
def test_other_clips_are_refused(network, shape, wanted):
    with pytest.raises(errors.UserError, match=wanted):
        network.extract(np.zeros(shape, np.uint8))


def test_clips_of_another_stride_are_refused(network):
    network.check_clip(batch.ClipSpec(frames=4, size=16), "GAN")
    other = batch.ClipSpec(frames=4, size=16, stride=1)
    with pytest.raises(errors.UserError, match="GAN has.*stride 1, here 2"):
        network.check_clip(other, "GAN")


def test_missing_run_is_named(tmp_path):
    with pytest.raises(errors.UserError, match="no .*flags.flagfile"):
        clip_features.load_network(str(tmp_path))


def test_run_of_other_threads_is_opened_beside_another(
    network, trained, tmp_path
):
    other = shutil.copytree(trained, tmp_path / "run")
    with (other / "flags.flagfile").open("a") as flags:
        flags.write("--devices.threads=1\n")
    again = clip_features.load_network(str(other))
    assert again.fingerprint == network.fingerprint


def test_run_without_a_classifier_is_refused():
    named = types.SimpleNamespace(name="contrastive")
    run = types.SimpleNamespace(
        experiment=types.SimpleNamespace(clip=None, objective=named),
        objective=types.SimpleNamespace(answers={}),
        networks={"encoder": None},
        labels=(),
    )
    with pytest.raises(errors.UserError, match="contrastive, not a classifier"):
        clip_features.FeatureNetwork(run, "RUN")
