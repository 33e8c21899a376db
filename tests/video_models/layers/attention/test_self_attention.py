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


def test_masked_keys_change_nothing():
    layer = filled()
    mask = np.float32([[1, 1, 1, 0, 0]] * 2)
    other = np.where(mask[..., None] > 0, TOKENS, 100.0)
    seen = np.array(layer(TOKENS, key_mask=mask))[:, :3]
    np.testing.assert_array_equal(layer(other, key_mask=mask)[:, :3], seen)
    np.testing.assert_allclose(layer(TOKENS[:, :3]), seen, atol=1e-5)


def test_attention_without_any_key_is_finite():
    mixed = filled()(TOKENS, key_mask=np.zeros((2, 5), np.float32))
    assert np.all(np.isfinite(mixed))


def test_weights_of_masked_attention_are_float32_in_half_precision():
    ones = keras.ops.ones((1, 2, 4), "bfloat16")
    tiny = keras.ops.convert_to_tensor([[[0.0] * 4, [0.004] * 4]], "bfloat16")
    mask = np.ones((1, 2), np.float32)
    mixed = self_attention.attend(256 * ones, tiny, tiny, 1, mask)
    # exp(2.048) / (1 + exp(2.048)): scores do not overflow, nor are rounded.
    np.testing.assert_allclose(
        np.float32(mixed), np.full((1, 2, 4), 0.004 * 0.8857), rtol=0.01
    )
