import unittest.mock

import keras
import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import objective
from video_models.objectives import multi_label

# Probabilities 1/2, 1/4, 3/4.
LOGITS = np.log(np.array([[1.0, 1 / 3, 3.0]], np.float32))
LABELS = ("fall", "jump", "run")
FRAMES = np.full((2, 2, 16, 16, 3), 100.0, np.float32)


def components(head="classifier"):
    chosen = [
        registry.choose("video_models.backbones", "frame_conv"),
        registry.choose("video_models.temporal", "none"),
        registry.choose("video_models.heads", head),
    ]
    tiny = [each._replace(config=each.module.TINY) for each in chosen]
    return objective.Components(*tiny)


def build(labels=LABELS, counts=(), clips=0, head="classifier", **settings):
    task = objective.Task(
        clip=batch.ClipSpec(frames=2, size=16),
        labels=labels,
        label_counts=counts,
        several_labels=True,
        clips=clips,
    )
    config = multi_label.Config(**settings)
    return multi_label.build(
        config, components(head), task, keras.optimizers.SGD
    )


def loss(goal, label):
    given = {"label": np.array([label])}
    each = goal.losses("classifier", given, LOGITS, 0)
    return float(each["binary_cross_entropy"][0])


def test_loss_is_the_mean_of_a_cross_entropy_a_label():
    wanted = (np.log(2) + np.log(4) + np.log(4)) / 3
    assert loss(build(), [1.0, 1.0, 0.0]) == pytest.approx(wanted, rel=1e-5)


def test_one_label_a_clip_may_be_given_by_its_number():
    goal = build()
    assert loss(goal, 1) == pytest.approx(loss(goal, [0.0, 1.0, 0.0]))


def test_smoothing_moves_targets_towards_a_half():
    wanted = 0.9 * np.log(4) + 0.1 * np.log(4 / 3)
    goal = build(labels=("jump",), label_smoothing=0.2)
    found = goal.losses("", {"label": np.array([[1.0]])}, LOGITS[:, 1:2], 0)
    (value,) = found.values()
    assert float(value[0]) == pytest.approx(wanted, rel=1e-5)


def test_weights_are_of_labels_and_of_clips_that_have_them():
    goal = build(
        class_weights=("1", "2", "0"), positive_weights=("1", "3", "1")
    )
    wanted = (np.log(2) + 2 * 3 * np.log(4)) / 3
    assert loss(goal, [0.0, 1.0, 1.0]) == pytest.approx(wanted, rel=1e-5)


def test_balanced_positives_weigh_as_much_as_the_others():
    goal = build(counts=(2, 5, 8), clips=10, positive_weights=("balanced",))
    # 8 clips without "fall" for 2 with it.
    wanted = (4.0 * np.log(2) + np.log(4 / 3) + np.log(4)) / 3
    assert loss(goal, [1.0, 0.0, 0.0]) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("label", [-1, [0.0, 0.0, 0.0]])
def test_a_clip_without_labels_counts_nothing(label):
    assert loss(build(), label) == 0.0


def test_a_clip_without_labels_may_be_one_that_has_none():
    wanted = (np.log(2) + np.log(4 / 3) + np.log(4)) / 3
    goal = build(unlabelled="negative")
    assert loss(goal, [0.0, 0.0, 0.0]) == pytest.approx(wanted, rel=1e-5)


def test_scores_are_a_probability_each():
    goal = build()
    networks = {"classifier": lambda frames, training: LOGITS}
    scores = goal.predict(networks, FRAMES)["scores"]
    np.testing.assert_allclose(scores, [[0.5, 0.25, 0.75]], rtol=1e-5)


def test_probabilities_are_averaged_over_views():
    goal = build(labels=("fall",))
    logits = np.array([[0.0], [np.log(1 / 3)]], np.float32)
    network = unittest.mock.Mock(input=None, return_value=logits)
    counts = goal.counts(
        {"classifier": network},
        {"frames": FRAMES[None], "label": np.array([[1.0]]), "mask": [1.0]},
    )
    assert float(counts["loss"]) == pytest.approx(-np.log(0.375), rel=1e-5)


def test_answer_tells_the_threshold():
    answer = build(threshold=0.3).answers["scores"]
    assert answer == objective.Answer(LABELS, 0.3)


def test_moments_are_scored_where_the_head_does():
    goal = build(head="per_frame")
    found = goal.predict(goal.networks, FRAMES)
    assert found["scores"].shape == (2, 3)
    assert found["frame_scores"].shape == (2, 2, 3)


def test_data_without_labels_is_refused():
    with pytest.raises(errors.UserError, match="no labels"):
        build(labels=())


def test_a_head_that_scores_no_labels_is_refused():
    with pytest.raises(errors.UserError, match="--head=projection gives no"):
        build(head="projection")


@pytest.mark.parametrize("name", ["class_weights", "positive_weights"])
def test_wrong_weights_are_refused(name):
    with pytest.raises(errors.UserError, match=name):
        build(**{name: ("1", "-1", "1")})


def test_balanced_positives_without_counts_are_refused():
    with pytest.raises(errors.UserError, match="positive_weights=balanced"):
        build(positive_weights=("balanced",))
