import keras
import numpy as np
import pytest

from video_models.layers.fusion import modality_dropout

CLIPS = 2000
ALL = np.ones((CLIPS, 3), "float32")


def hidden(inputs, rate, seed=0):
    layer = modality_dropout.ModalityDropout(rate, seed=seed)
    return layer(inputs, training=True).numpy()


def test_nothing_is_hidden_in_evaluation():
    layer = modality_dropout.ModalityDropout(0.9)
    np.testing.assert_array_equal(layer(ALL, training=False), ALL)


@pytest.mark.parametrize("rate", (0.3, 0.9))
def test_one_modality_always_stays(rate):
    assert hidden(ALL, rate).sum(axis=1).min() == 1


def test_a_single_modality_stays():
    alone = np.tile(np.float32([0, 1, 0]), (CLIPS, 1))
    np.testing.assert_array_equal(hidden(alone, 0.9), alone)


def test_a_missing_modality_never_appears():
    missing = np.tile(np.float32([1, 0, 1]), (CLIPS, 1))
    assert not hidden(missing, 0.5)[:, 1].any()


def test_nothing_appears_where_everything_is_missing():
    assert not hidden(np.zeros_like(ALL), 0.5).any()


def test_each_modality_is_hidden_at_the_rate_unless_all_would_be():
    # 0.5, less the third of the eighth in which it is the one that stays.
    wanted = 0.5 - 0.125 / 3
    found = 1 - hidden(ALL, 0.5).mean(axis=0)
    np.testing.assert_allclose(found, wanted, atol=0.04)


def test_state_is_saved_with_the_network(tmp_path):
    inputs = keras.Input((3,))
    layer = modality_dropout.ModalityDropout(0.5)
    network = keras.Model(inputs, layer(inputs))
    network(ALL, training=True)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(
        loaded(ALL, training=True), network(ALL, training=True)
    )
