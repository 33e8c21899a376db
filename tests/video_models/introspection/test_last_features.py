import keras
import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import video_network
from video_models.introspection import last_features

CLIP = batch.ClipSpec(frames=4, size=16)
CLIPS = np.random.default_rng(0).uniform(0, 255, (2, *CLIP.shape))


def network(backbone="frame_conv", head="classifier"):
    components = [
        ("backbones", backbone),
        ("temporal", "none"),
        ("heads", head),
    ]
    chosen = []
    for folder, name in components:
        module = registry.load(f"video_models.{folder}", name)
        chosen.append(registry.Chosen(name, module, module.TINY))
    return video_network.build(*chosen, CLIP, 3)


def last_layer(made):
    return made.layers[-1].get_layer("logits")


@pytest.mark.parametrize(
    "backbone, head",
    [
        ("frame_conv", "classifier"),
        ("frame_conv", "per_frame"),
        ("r3d", "published"),
        ("movinet", "published"),
    ],
)
def test_last_layer_makes_the_logits_of_the_features(backbone, head):
    made = network(backbone, head)
    found, logits = last_features.beside_logits(made)(CLIPS, training=False)
    assert len(found.shape) == 2 and found.dtype == "float32"
    wanted = last_layer(made)(found)
    np.testing.assert_allclose(logits, wanted, rtol=1e-4, atol=1e-5)


def test_logits_are_those_of_the_network():
    made = network()
    _, logits = last_features.beside_logits(made)(CLIPS, training=False)
    np.testing.assert_allclose(
        logits, made(CLIPS, training=False), rtol=1e-5, atol=1e-6
    )


def test_network_without_a_linear_layer_at_its_end_is_refused():
    frames = keras.Input((2,))
    odd = keras.Model(frames, keras.layers.ReLU(name="end")(frames))
    with pytest.raises(errors.UserError, match="ends in 'end', wanted"):
        last_features.beside_logits(odd)


def test_network_of_several_answers_is_refused():
    frames = keras.Input((2,))
    answers = [keras.layers.Dense(2)(frames), keras.layers.Dense(3)(frames)]
    with pytest.raises(errors.UserError, match="2 answers, wanted one"):
        last_features.beside_logits(keras.Model(frames, answers))
