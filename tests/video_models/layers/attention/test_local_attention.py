import keras
import numpy as np
import pytest
import tensorflow as tf

from video_models.layers.attention import local_attention, temporal_attention

RANDOM = np.random.default_rng(0)
QUERY, KEY, VALUE = RANDOM.normal(size=(3, 2, 11, 2, 4)).astype("float32")


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("window", [1, 3, 4, 9, 10, 30])
def test_window_is_a_band_of_the_whole_attention(window, causal):
    back = np.arange(11)[:, None] - np.arange(11)
    band = (back <= window) & (back >= (0 if causal else -window))
    found = local_attention.attend(QUERY, KEY, VALUE, window, causal)
    wanted = keras.ops.dot_product_attention(
        QUERY, KEY, VALUE, mask=band[None, None]
    )
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def largest_tensor(time_steps):
    """Elements, of one clip of 2 heads with 4 features each."""
    spec = tf.TensorSpec((1, time_steps, 2, 4))
    traced = tf.function(
        lambda x: local_attention.attend(x, x, x, window=4)
    ).get_concrete_function(spec)
    operations = traced.graph.get_operations()
    return max(x.shape.num_elements() for o in operations for x in o.outputs)


def test_cost_of_a_window_grows_as_the_number_of_moments():
    assert largest_tensor(1024) == 2 * largest_tensor(512)


def test_without_a_window_it_is_the_attention_of_keras():
    features = QUERY.reshape(2, 11, 8)
    own = temporal_attention.TemporalAttention(heads=2, size=4)
    keras_own = keras.layers.MultiHeadAttention(num_heads=2, key_dim=4)
    found, _ = own(features), keras_own(features, features)
    keras_own.set_weights(own.get_weights())
    wanted = keras_own(features, features)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_it_starts_with_the_weights_of_the_attention_of_keras():
    features = QUERY.reshape(2, 11, 8)
    keras.utils.set_random_seed(3)
    own = temporal_attention.TemporalAttention(heads=2, size=4)
    own(features)
    keras.utils.set_random_seed(3)
    keras_own = keras.layers.MultiHeadAttention(num_heads=2, key_dim=4)
    keras_own(features, features)
    for one, other in zip(
        own.get_weights(), keras_own.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)
