import types
import unittest.mock

import keras
import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import objective
from video_models.objectives import classification

# Probabilities 1/2, 1/4, 1/4.
LOGITS = np.log(np.array([[2.0, 1.0, 1.0]], np.float32))
LABELS = ("fall", "jump", "run")


def components():
    chosen = [
        registry.choose("video_models.backbones", "frame_conv"),
        registry.choose("video_models.temporal", "none"),
        registry.choose("video_models.heads", "classifier"),
    ]
    tiny = [each._replace(config=each.module.TINY) for each in chosen]
    return objective.Components(*tiny)


def build(counts=(), several=False, labels=LABELS, **settings):
    task = objective.Task(
        clip=batch.ClipSpec(frames=2, size=16),
        labels=labels,
        label_counts=counts,
        several_labels=several,
    )
    config = classification.Config(**settings)
    return classification.build(
        config, components(), task, keras.optimizers.SGD
    )


def loss(goal, label):
    given = {"label": np.array([label])}
    each = goal.losses("classifier", given, LOGITS, 0)
    return float(each["cross_entropy"][0])


def test_loss_is_minus_the_logarithm_of_the_probability():
    assert loss(build(), 1) == pytest.approx(np.log(4))


def test_label_smoothing_spreads_its_share_over_all_classes():
    # 0.7 on the label and 0.1 on each of three classes: 0.8, 0.1, 0.1.
    wanted = 0.8 * np.log(2) + 0.2 * np.log(4)
    goal = build(label_smoothing=0.3)
    assert loss(goal, 0) == pytest.approx(wanted)


def test_a_soft_label_weighs_its_classes():
    wanted = 0.5 * np.log(2) + 0.5 * np.log(4)
    assert loss(build(), [0.5, 0.5, 0.0]) == pytest.approx(wanted)


@pytest.mark.parametrize("label", [-1, [0.0, 0.0, 0.0]])
def test_a_clip_without_a_label_has_no_loss(label):
    assert loss(build(label_smoothing=0.3), label) == 0.0


@pytest.mark.parametrize("label", [-1, [0.0, 0.0, 0.0]])
def test_a_clip_without_a_label_counts_nothing(label):
    goal = build()
    given = {
        "frames": np.zeros((1, 1, *goal.task.clip.shape), np.float32),
        "label": np.array([label]),
        "mask": np.ones(1),
    }
    for value in goal.counts(goal.networks, given).values():
        assert not np.any(value)


def test_class_weight_multiplies_the_loss():
    goal = build(class_weights=("1", "2.5", "0"))
    assert loss(goal, 1) == pytest.approx(2.5 * np.log(4))
    assert loss(goal, 2) == 0.0


def test_class_weight_of_a_soft_label_is_the_mean():
    goal = build(class_weights=("1", "3", "0"))
    wanted = 2 * (0.5 * np.log(2) + 0.5 * np.log(4))
    assert loss(goal, [0.5, 0.5, 0.0]) == pytest.approx(wanted)


def test_balanced_weights_make_each_label_weigh_the_same():
    goal = build(counts=(6, 2, 1), class_weights=("balanced",))
    np.testing.assert_allclose(goal.labels.weights, [0.5, 1.5, 3.0])


def test_balanced_weights_leave_out_a_label_without_clips():
    goal = build(counts=(6, 2, 0), class_weights=("balanced",))
    np.testing.assert_allclose(goal.labels.weights[:2], [8 / 12, 8 / 4])


@pytest.mark.parametrize(
    "weights", [("1", "2"), ("1", "2", "many"), ("1", "2", "-1")]
)
def test_wrong_class_weights_are_refused(weights):
    with pytest.raises(errors.UserError, match="class_weights"):
        build(class_weights=weights)


def test_balanced_weights_without_counts_are_refused():
    with pytest.raises(errors.UserError, match="got 0 numbers"):
        build(class_weights=("balanced",))


def test_data_without_labels_is_refused():
    with pytest.raises(errors.UserError, match="no labels.*label column"):
        build(labels=())


def test_several_labels_a_clip_are_refused():
    with pytest.raises(errors.UserError, match="several labels"):
        build(several=True)


def test_probabilities_are_averaged_over_views():
    goal = build()
    # One view gives (1, 0, 0), the other (0, 1, 0), nearly.
    logits = np.array([[50.0, 0, 0], [0, 50.0, 0]], np.float32)
    network = unittest.mock.Mock(input=None, return_value=logits)
    counts = goal.counts(
        {"classifier": network},
        {
            "frames": np.zeros((1, 2, 2, 16, 16, 3), np.float32),
            "label": np.array([1]),
            "mask": np.ones(1),
        },
    )
    assert float(counts["loss"]) == pytest.approx(np.log(2), abs=1e-5)


def test_predicted_scores_sum_to_1():
    goal = build()
    frames = np.full((3, 2, 16, 16, 3), 100.0, np.float32)
    scores = goal.predict(goal.networks, frames)["scores"]
    np.testing.assert_allclose(np.sum(scores, axis=1), np.ones(3), rtol=1e-5)


def test_forward_runs_in_training_mode():
    goal = build()
    seen = types.SimpleNamespace()

    def network(frames, training):
        seen.training = training

    network.input = None
    goal.networks = {"classifier": network}
    goal.forward("classifier", {"frames": None}, None, 0)
    assert seen.training is True


def with_head(name):
    head = registry.choose("video_models.heads", name)
    head = head._replace(config=head.module.TINY)
    return objective.Components(
        components().backbone, components().temporal, head
    )


def test_logits_of_moments_are_averaged():
    # The first time step says nothing, the second says 4 to 1 to 1.
    time_steps = np.log(np.array([[[1, 1, 1], [4, 1, 1]]], np.float32))
    given = {"label": np.array([1])}
    found = build().losses("classifier", given, time_steps, 0)
    assert float(found["cross_entropy"][0]) == pytest.approx(np.log(4))


def test_moments_are_scored_where_the_head_does():
    task = build().task
    goal = classification.build(
        classification.Config(),
        with_head("per_frame"),
        task,
        keras.optimizers.SGD,
    )
    frames = np.full((3, 2, 16, 16, 3), 100.0, np.float32)
    found = goal.predict(goal.networks, frames)
    assert found["scores"].shape == (3, 3)
    assert found["frame_scores"].shape == (3, 2, 3)
    np.testing.assert_allclose(
        np.sum(found["frame_scores"], axis=-1), np.ones((3, 2)), rtol=1e-5
    )


def test_a_head_that_scores_no_labels_is_refused():
    with pytest.raises(errors.UserError, match="--head=projection gives no"):
        classification.build(
            classification.Config(),
            with_head("projection"),
            build().task,
            keras.optimizers.SGD,
        )
