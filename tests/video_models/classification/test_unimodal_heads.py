"""A head for each modality joins the loss, and leaves answers alone."""

import dataclasses

import keras
import numpy as np
import pytest

from tests.video_models import tiny_modalities
from tfrecords_tools.base import registry

STEP, SEED = np.int64(0), np.int32([0, 0])


def _built(name, weight):
    components = tiny_modalities.components("frames", "audio", "text")
    config = dataclasses.replace(components.fusion.config, unimodal=weight)
    module = registry.load("video_models.objectives", name)
    return module.build(
        module.Config(),
        dataclasses.replace(
            components, fusion=components.fusion._replace(config=config)
        ),
        tiny_modalities.TASK,
        keras.optimizers.SGD,
    )


def _pass(objective):
    """Losses and hits of a training step."""
    player, batch = objective.players[0].name, tiny_modalities.examples()
    outputs = objective.forward(player, batch, SEED, STEP)
    return (
        objective.losses(player, batch, outputs, STEP),
        objective.hits(player, batch, outputs),
    )


@pytest.fixture(scope="module")
def objective():
    return _built("classification", 0.5)


@pytest.fixture(scope="module")
def passed(objective):
    return _pass(objective)


def test_every_modality_has_a_loss(passed):
    losses, hits = passed
    names = {"", "_frames", "_audio", "_text"}
    assert losses.keys() == {f"cross_entropy{each}" for each in names}
    assert hits.keys() == {f"accuracy{each}" for each in names}


def test_a_missing_modality_has_no_loss_and_no_hits(passed):
    losses, hits = passed
    assert (losses["cross_entropy_audio"].numpy() > 0).tolist() == [1, 0, 1, 0]
    assert hits["accuracy_audio"][1].numpy().tolist() == [1, 0, 1, 0]


def test_the_weight_multiplies_the_loss(objective):
    (head,) = [
        each
        for each in objective.networks["unimodal_heads"].layers
        if each.name == "of_frames"
    ]
    for weight in head.weights:  # All labels score alike.
        weight.assign(np.zeros(weight.shape))
    found = _pass(objective)[0]["cross_entropy_frames"].numpy()
    np.testing.assert_allclose(found, 0.5 * np.log(3), rtol=1e-6)


def test_heads_are_trained_and_answers_need_none(objective):
    (player,) = objective.players
    assert player.networks == ("classifier", "unimodal_heads")
    plain = _built("classification", 0.0).networks
    assert list(plain) == ["classifier"]
    assert (
        plain["classifier"].count_params()
        == objective.networks["classifier"].count_params()
    )


def test_every_label_set_has_heads():
    losses, _ = _pass(_built("multi_task", 0.5))
    assert "cross_entropy_text.place" in losses and len(losses) == 8
