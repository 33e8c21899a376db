import keras
import numpy as np

from video_models.layers.attention import self_attention

TOKENS = np.float32(np.random.default_rng(0).normal(size=(2, 5, 12)))


def filled(**settings):
    """A layer whose weights, biases too, are random."""
    layer = self_attention.SelfAttention(heads=3, **settings)
    layer.build(TOKENS.shape)
    draw = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(draw.normal(size=weight.shape))
    return layer


def test_attention_is_the_one_of_keras():
    draw = np.random.default_rng(0)
    query, key, value = np.float32(draw.normal(size=(3, 2, 5, 12)))
    mixed = self_attention.attend(query, key, value, heads=3)
    apart = (each.reshape(2, 5, 3, 4) for each in (query, key, value))
    wanted = keras.ops.dot_product_attention(*apart)
    np.testing.assert_allclose(mixed, np.reshape(wanted, (2, 5, 12)), atol=1e-6)


def test_one_map_answers_as_three_of_the_same_weights():
    three = filled(is_fused=False)
    kernels, biases = three.get_weights()[:6:2], three.get_weights()[1:6:2]
    one = filled()
    one.set_weights(
        [
            np.concatenate(kernels, axis=1),
            np.concatenate(biases),
            *three.get_weights()[6:],
        ]
    )
    np.testing.assert_allclose(one(TOKENS), three(TOKENS), atol=1e-4)


def test_a_bias_of_the_keys_changes_nothing():
    without = filled(has_key_bias=False)
    query_bias, value_bias, kernel, *rest = without.get_weights()
    biased = filled()
    bias = np.concatenate([query_bias, np.full(12, 3.0), value_bias])
    biased.set_weights([kernel, bias, *rest])
    np.testing.assert_allclose(biased(TOKENS), without(TOKENS), atol=1e-3)


def test_tokens_in_another_order_give_answers_in_that_order():
    layer = filled(has_key_bias=False)
    order = [3, 0, 4, 1, 2]
    moved = layer(TOKENS[:, order])
    np.testing.assert_allclose(
        moved, np.array(layer(TOKENS))[:, order], atol=1e-4
    )
