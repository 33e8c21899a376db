"""Exports whose scores are averaged over several crops."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from launch.serving import exported_model, loaded_model, model_metadata
from pipelines.decoding import frame_decoding
from tests.launch import causal_network
from tfrecords_tools.media import reader

CLIP = causal_network.CLIP
METADATA = model_metadata.ModelMetadata(
    CLIP, causal_network.LABELS, reader.Config(), crops=3
)
FRAMES = np.random.default_rng(0).integers(
    0, 256, (2, CLIP.frames, 20, 48, 3), np.uint8
)


@pytest.fixture(scope="module")
def classifier():
    return causal_network.build()


@pytest.fixture(scope="module")
def exported_crops(classifier, tmp_path_factory):
    output = tmp_path_factory.mktemp("crops")
    return exported_model.export(
        classifier, classifier.networks, METADATA, output
    )


def test_scores_are_the_mean_of_crops_along_the_long_side(
    classifier, exported_crops
):
    expected = [
        classifier.predict(
            classifier.networks,
            np.float32(
                [
                    frame_decoding.scale_and_crop(clip, CLIP, place)
                    for place in (0.0, 0.5, 1.0)
                ]
            ),
        )["scores"]
        for clip in FRAMES
    ]
    signatures = tf.saved_model.load(str(exported_crops)).signatures
    found = signatures["predict_tensor"](frames=FRAMES)["scores"]
    np.testing.assert_allclose(found, np.mean(expected, 1), atol=1e-5)


def test_golden_clip_of_several_crops_is_reproduced(exported_crops):
    loaded = loaded_model.LoadedModel(exported_crops)
    assert loaded.golden_difference() < 1e-5


def test_loaded_model_knows_its_crops(exported_crops):
    assert loaded_model.LoadedModel(exported_crops).metadata.crops == 3


def test_every_crop_counts_for_the_limit_of_a_request():
    one = dataclasses.replace(METADATA, crops=1)
    assert METADATA.max_clips == one.max_clips // 3
