import keras
import numpy as np

from video_models.layers.attention import stored_places


def test_the_last_of_three_frequencies_is_a_ten_thousandth():
    table = stored_places.sinusoids(3, 6)
    angles = 2 * np.array([1.0, 0.01, 0.0001])
    wanted = [*np.sin(angles), *np.cos(angles)]
    np.testing.assert_allclose(table[2], wanted, atol=1e-6)


def test_a_shorter_input_gets_the_first_places():
    layer = stored_places.StoredPlaces(5)
    added = layer(np.zeros((2, 3, 4), np.float32))
    wanted = np.tile(stored_places.sinusoids(5, 4)[:3], (2, 1, 1))
    np.testing.assert_array_equal(added, wanted)


def test_places_are_stored_and_not_trained():
    layer = stored_places.StoredPlaces(5)
    layer.build((None, 3, 4))
    assert [each.shape for each in layer.weights] == [(5, 4)]
    assert not layer.trainable_weights


def test_places_are_added_under_bfloat16():
    layer = stored_places.StoredPlaces(5, dtype="mixed_bfloat16")
    found = layer(keras.ops.zeros((1, 3, 4), "bfloat16"))
    assert found.dtype == "bfloat16"
