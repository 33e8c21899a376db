"""Classifiers of any modalities learn, and tell what each is worth."""

import functools

import keras
import numpy as np
import pytest

from tests.video_models import tiny_modalities
from tests.video_models.tiny_modalities import KINDS, TASK, examples
from tfrecords_tools.base import registry

GOALS = "classification", "multi_label", "multi_task"
SEED = np.array([1, 2], np.int32)


@functools.cache
def _goal(name, kind, **chosen):
    keras.utils.set_random_seed(3)
    components = tiny_modalities.components(*KINDS[kind], **chosen)
    chosen = registry.choose("video_models.objectives", name)
    return chosen.build(components, TASK, keras.optimizers.SGD)


def _report(goal, batch):
    counts = goal.counts(goal.networks, batch)
    return goal.report({k: np.asarray(v) for k, v in counts.items()})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", GOALS)
def test_losses_are_one_an_example(name, kind):
    goal, batch = _goal(name, kind), examples()
    (player,) = goal.players
    outputs = goal.forward(player.name, batch, SEED, 0)
    for loss in goal.losses(player.name, batch, outputs, 0).values():
        assert loss.shape == (4,) and np.isfinite(loss).all()


@pytest.mark.parametrize("kind", KINDS)
def test_report_tells_the_accuracy_without_each(kind):
    names = {
        "two": {"frames", "audio"},
        "three": {"frames", "audio", "text"},
    }.get(kind, set())
    report = _report(_goal("classification", kind), examples(views=2))
    found = {n for n in report if n.startswith("accuracy_without_")}
    assert found == {f"accuracy_without_{name}" for name in names}


def test_without_audio_it_answers_as_where_audio_is_missing():
    goal, batch = _goal("classification", "two"), examples(views=1)
    silent = batch | {"has_audio": 0 * batch["has_audio"]}
    found = _report(goal, batch)["accuracy_without_audio"]
    assert found == _report(goal, silent)["accuracy"]


def test_every_label_set_tells_what_modalities_are_worth():
    report = _report(_goal("multi_task", "two"), examples(views=1))
    assert {"accuracy_without_audio", "place/accuracy_without_audio"} <= (
        report.keys()
    )


def test_time_steps_have_scores_of_their_own():
    goal = _goal("classification", "two", head="per_frame", fusion="temporal")
    network = goal.networks["classifier"]
    inputs = {name: examples()[name] for name in network.input}
    found = goal.predict(goal.networks, inputs)
    assert found["frame_scores"].shape == (4, 4, 3)
