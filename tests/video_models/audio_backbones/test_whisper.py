"""Whisper's encoder beside its definition, with weights of the true names."""

import functools
import math

import numpy as np
import pytest

from pipelines import batch
from tests.goldens import load_by_name
from tfrecords_tools.base import errors
from video_models.audio_backbones import whisper

SHORT = batch.AudioSpec("whisper_mel", 16_000, 1920, 12, 80, 160)
HEADS = 6


def shapes(width, depth):
    """Hugging Face's names of an encoder, and PyTorch's shapes."""
    square, vector = (width, width), (width,)
    found = {
        "conv1.weight": (width, 80, 3),
        "conv1.bias": vector,
        "conv2.weight": (width, width, 3),
        "conv2.bias": vector,
        "embed_positions.weight": (1500, width),
        "layer_norm.weight": vector,
        "layer_norm.bias": vector,
    }
    for number in range(depth):
        block = {
            "self_attn.k_proj.weight": square,
            "fc1.weight": (4 * width, width),
            "fc1.bias": (4 * width,),
            "fc2.weight": (width, 4 * width),
            "fc2.bias": vector,
        }
        for name in ("q_proj", "v_proj", "out_proj"):
            block[f"self_attn.{name}.weight"] = square
            block[f"self_attn.{name}.bias"] = vector
        for name in ("self_attn_layer_norm", "final_layer_norm"):
            block[f"{name}.weight"] = block[f"{name}.bias"] = vector
        found |= {f"layers.{number}.{name}": s for name, s in block.items()}
    return found


def checkpoint(prefix, width=12, depth=2):
    random = np.random.default_rng(0)
    return {
        prefix + name: np.float32(random.normal(0, 0.3, shape))
        for name, shape in shapes(width, depth).items()
    }


def build(width=12, depth=2):
    return whisper.build(whisper.Config(width=width, depth=depth), SHORT)


def normalize(x, weights, name):
    x = x - x.mean(-1, keepdims=True)
    x = x / np.sqrt(np.square(x).mean(-1, keepdims=True) + 1e-5)
    return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(x, weights, name):
    bias = weights.get(f"{name}.bias", 0.0)
    return x @ weights[f"{name}.weight"].T + bias


@np.vectorize
def gelu(x):
    return 0.5 * x * (1 + math.erf(x / math.sqrt(2)))


def convolve(x, weights, name, stride):
    padded = np.pad(x, [(1, 1), (0, 0)])
    kernel = weights[f"{name}.weight"]
    rows = [
        np.einsum("ki,oik->o", padded[at : at + 3], kernel)
        for at in range(0, len(x), stride)
    ]
    return gelu(np.stack(rows) + weights[f"{name}.bias"])


def attend(x, weights, name):
    size = x.shape[1] // HEADS
    query, key, value = (
        linear(x, weights, f"{name}.{each}_proj") for each in "qkv"
    )
    mixed = np.zeros_like(x)
    for head in range(HEADS):
        part = slice(head * size, (head + 1) * size)
        scores = query[:, part] @ key[:, part].T / math.sqrt(size)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        mixed[:, part] = shares @ value[:, part]
    return linear(mixed, weights, f"{name}.out_proj")


def encode(columns, weights, depth=2):
    """arXiv:2212.04356, section 2.2, for one clip."""
    x = convolve(columns.astype(float), weights, "conv1", 1)
    x = convolve(x, weights, "conv2", 2)
    x = x + weights["embed_positions.weight"][: len(x)]
    for number in range(depth):
        layer = f"layers.{number}"
        y = normalize(x, weights, f"{layer}.self_attn_layer_norm")
        x = x + attend(y, weights, f"{layer}.self_attn")
        y = normalize(x, weights, f"{layer}.final_layer_norm")
        y = gelu(linear(y, weights, f"{layer}.fc1"))
        x = x + linear(y, weights, f"{layer}.fc2")
    return normalize(x, weights, "layer_norm")


@functools.cache
def loaded(prefix):
    network, weights = build(), checkpoint(prefix)
    taken = load_by_name.load(network, whisper.published_name, weights)
    return network, weights, taken


@pytest.mark.parametrize("prefix", ["encoder.", "model.encoder."])
def test_every_weight_of_a_checkpoint_has_its_place(prefix):
    network, weights, taken = loaded(prefix)
    assert taken == weights.keys()
    assert len(taken) == len(network.weights)


def test_weights_of_tiny_have_their_published_shapes():
    found = shapes(384, 4)
    assert sum(map(math.prod, found.values())) == 8_208_384


def test_columns_are_encoded_as_defined():
    network, weights, _ = loaded("model.encoder.")
    columns = np.random.default_rng(1).normal(size=(1, 12, 80))
    found = network(np.float32(columns))["volume"][0, :, 0, 0]
    weights = {n.removeprefix("model.encoder."): w for n, w in weights.items()}
    np.testing.assert_allclose(found, encode(columns[0], weights), atol=1e-4)


def test_positions_are_not_trained():
    trained = {each.path for each in build().trainable_variables}
    assert "places/table" not in trained


def test_more_than_30_seconds_are_refused():
    long = batch.AudioSpec("whisper_mel", 16_000, 500_000, 3002, 80, 160)
    with pytest.raises(errors.UserError, match="3002 columns: wanted at most"):
        whisper.build(whisper.TINY, long)


def test_width_that_heads_cannot_share_names_its_flag():
    with pytest.raises(errors.UserError, match="--audio_backbone.width=20"):
        whisper.build(whisper.Config(width=20), SHORT)
