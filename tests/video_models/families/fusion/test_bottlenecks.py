"""Bottlenecks are full attention where they are all tokens."""

import keras
import numpy as np
import pytest

from video_models.families import transformer
from video_models.families.fusion import bottlenecks, token_sequences

TOKENS, WIDTH = 7, 8
BLOCK = transformer.Block(2, {})
ALL = np.random.default_rng(0).normal(size=(2, TOKENS, WIDTH))


def fresh_layer():
    """Tokens, masks and presence of two modalities, and b -> all of them."""
    names, sizes = ("frames", "audio"), {"shared": (TOKENS, WIDTH)}
    for name, count in zip(names, (4, 3), strict=True):
        sizes |= {name: (count, WIDTH), f"{name}_mask": (count,)}
        sizes[f"has_{name}"] = ()
    given = {name: keras.Input(size, name=name) for name, size in sizes.items()}
    after, shared = bottlenecks.exchange(
        {
            name: token_sequences.Tokens(given[name], given[f"{name}_mask"])
            for name in names
        },
        given["shared"],
        {name: given[f"has_{name}"] for name in names},
        BLOCK,
        1,
    )
    found = {name: x for name, (x, _) in after.items()}
    return keras.Model(given, found | {"shared": shared})


@pytest.fixture(scope="module")
def layer():
    keras.utils.set_random_seed(3)
    return fresh_layer()


@pytest.fixture(scope="module")
def full():
    """A transformer's block with full attention, of other weights."""
    keras.utils.set_random_seed(4)
    x = keras.Input((TOKENS, WIDTH))
    return keras.Model(x, transformer.transform(x, BLOCK, 0.0, "full"))


def inputs(masks, present, shared=ALL):
    generator = np.random.default_rng(1)
    given = {"shared": shared}
    for number, (name, count) in enumerate((("frames", 4), ("audio", 3))):
        given[name] = generator.normal(size=(2, count, WIDTH))
        given[f"{name}_mask"] = np.full((2, count), masks[number])
        given[f"has_{name}"] = np.full(2, present[number])
    return {key: np.float32(value) for key, value in given.items()}


def set_weights(layer, full, modality):
    mine = [w for w in layer.weights if w.path.startswith(modality)]
    for weight, value in zip(mine, full.get_weights(), strict=True):
        weight.assign(value)


def test_bottlenecks_that_are_all_tokens_are_full_attention(layer, full):
    # No token stays outside b; both modalities share the block's weights.
    set_weights(layer, full, "frames")
    set_weights(layer, full, "audio")
    found = layer(inputs(masks=(0, 0), present=(1, 1)))["shared"]
    np.testing.assert_allclose(found, full(np.float32(ALL)), atol=1e-6)


def test_a_missing_modality_has_no_say_in_the_bottlenecks(layer, full):
    set_weights(layer, full, "frames")
    found = layer(inputs(masks=(0, 0), present=(1, 0)))["shared"]
    np.testing.assert_allclose(found, full(np.float32(ALL)), atol=1e-6)


def test_modalities_learn_of_one_another_through_bottlenecks_alone(layer):
    given = inputs(masks=(1, 1), present=(1, 1))
    other = given | {"audio": -given["audio"]}
    before, after = layer(given), layer(other)
    np.testing.assert_array_equal(before["frames"], after["frames"])
    assert np.abs(before["shared"] - after["shared"]).max() > 1e-4


def test_bottlenecks_change_without_any_modality(layer):
    found = layer(inputs(masks=(0, 0), present=(0, 0)))["shared"]
    assert np.all(np.isfinite(found))
