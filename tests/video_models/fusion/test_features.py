import keras
import numpy as np
import pytest

from video_models.families.fusion import modalities
from video_models.fusion import features

SHAPES = {
    "frames": modalities.Modality((2, 1, 1, 3)),
    "audio": modalities.Modality((2, 1, 1, 3)),
}
GIVEN = {
    "frames": np.random.default_rng(0).normal(size=(2, 2, 1, 1, 3)),
    "audio": np.random.default_rng(1).normal(size=(2, 2, 1, 1, 3)),
    "has_audio": np.float32([1, 0]),
}


def network(kind):
    keras.utils.set_random_seed(5)
    config = features.Config(kind=kind, width=4)
    return features.build(config, SHAPES)


def answer(kind):
    return network(kind)(GIVEN).numpy()[:, 0]


def layers_outputs(built, *names):
    outputs = {name: built.get_layer(name).output for name in names}
    found = keras.Model(built.input, outputs)(GIVEN)
    return [found[name].numpy() for name in names]


@pytest.mark.parametrize("kind", ["weighted", "gated", "bilinear"])
def test_a_missing_modality_changes_nothing(kind):
    other = np.where(np.float32([1, 0])[:, None, None, None, None], 0, np.nan)
    given = GIVEN | {"audio": GIVEN["audio"] + other}
    np.testing.assert_array_equal(
        network(kind)(given).numpy()[:, 0], answer(kind)
    )


def test_gates_of_two_modalities_are_the_gmu():
    one, two, gate_one, gate_two = layers_outputs(
        network("gated"),
        "frames_value",
        "audio_value",
        "frames_gate",
        "audio_gate",
    )
    z = 1 / (1 + np.exp(gate_two - gate_one))
    wanted = z * one + (1 - z) * two
    np.testing.assert_allclose(answer("gated")[0], wanted[0], atol=1e-6)


@pytest.mark.parametrize("kind", ["weighted", "gated"])
def test_what_is_there_alone_has_all_the_weight(kind):
    (value,) = layers_outputs(network(kind), "frames_value")
    np.testing.assert_allclose(answer(kind)[1], value[1], atol=1e-6)


def test_a_product_without_one_of_two_is_the_other():
    value, _ = layers_outputs(
        network("bilinear"), "frames_value", "audio_value"
    )
    np.testing.assert_allclose(answer("bilinear")[1], value[1], atol=1e-6)
