import keras
import numpy as np
import tensorflow as tf

from video_models.layers.attention import token_embedding

MASK = np.float32([[1, 1, 0], [0, 0, 0]])


def test_tokens_become_their_rows():
    layer = token_embedding.TokenEmbedding(4, 2)
    layer.build((None, 3))
    layer.table.assign([[0, 0], [1, 10], [2, 20], [3, 30]])
    found = layer(np.int32([[3, 0, 1]]))
    np.testing.assert_array_equal(found, [[[3, 30], [0, 0], [1, 10]]])


def test_gradient_of_the_table_is_a_dense_tensor():
    layer = token_embedding.TokenEmbedding(4, 2)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(np.int32([[1, 1, 3]])))
    slope = tape.gradient(total, layer.table.value)
    assert isinstance(slope, tf.Tensor)
    np.testing.assert_array_equal(slope, [[0, 0], [2, 2], [0, 0], [1, 1]])


def test_mean_leaves_padding_out():
    x = np.float32([[[1], [3], [np.inf]], [[5], [5], [5]]])
    np.testing.assert_array_equal(
        token_embedding.masked_mean(x, MASK), [[2], [0]]
    )


def test_padding_becomes_zero_even_where_it_is_infinite():
    x = np.full((2, 3, 1), np.inf, np.float32)
    found = token_embedding.without_padding(x, MASK)
    np.testing.assert_array_equal(np.isfinite(found[..., 0]), MASK == 0)


def test_mean_is_summed_in_float32():
    x = keras.ops.ones((1, 1000, 1), "bfloat16")
    mean = token_embedding.masked_mean(x, np.ones((1, 1000), np.float32))
    assert keras.backend.standardize_dtype(mean.dtype) == "bfloat16"
    assert float(mean[0, 0]) == 1.0
