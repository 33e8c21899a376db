import functools

import keras
import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import objective
from video_models.objectives import multi_task

TASKS = {
    "place": objective.LabelSet(("inside", "outside")),
    "things seen": objective.LabelSet(("ball", "dog"), several=True),
}
ALIKE = {
    "a b": objective.LabelSet(("c", "d")),
    "a_b": objective.LabelSet(("e", "f")),
}
LOGITS = {
    "label": np.log(np.array([[2.0, 1.0, 1.0]], np.float32)),
    "label.place": np.log(np.array([[1.0, 3.0]], np.float32)),
    "label.things seen": np.zeros((1, 2), np.float32),
}
LABELS = {
    "label": np.array([1]),
    "label.place": np.array([0]),
    "label.things seen": np.array([[1.0, 0.0]], np.float32),
}
FRAMES = np.random.default_rng(0).uniform(0, 255, (2, 2, 16, 16, 3))


def build(tasks=None, head="classifier", labels=("a", "b", "c"), **settings):
    names = ("frame_conv", "none", head)
    folders = ("backbones", "temporal", "heads")
    chosen = [
        registry.choose(f"video_models.{folder}", name)
        for folder, name in zip(folders, names, strict=True)
    ]
    tiny = [each._replace(config=each.module.TINY) for each in chosen]
    task = objective.Task(
        clip=batch.ClipSpec(frames=2, size=16),
        labels=labels,
        tasks=TASKS if tasks is None else tasks,
    )
    return multi_task.build(
        multi_task.Config(**settings),
        objective.Components(*tiny),
        task,
        keras.optimizers.SGD,
    )


@functools.cache
def built():
    return build()


def losses(goal, **labels):
    given = {**LABELS, **labels}
    found = goal.losses("multi_task", given, LOGITS, 0)
    return {name: float(value[0]) for name, value in found.items()}


def test_each_label_set_has_its_loss():
    assert losses(built()) == pytest.approx(
        {
            "cross_entropy": np.log(4),
            "cross_entropy.place": np.log(4),
            "binary_cross_entropy.things seen": np.log(2),
        },
        rel=1e-5,
    )


def test_losses_are_weighted():
    goal = build(weights=("label=0.5", "place=2"))
    found = losses(goal)
    assert found["cross_entropy"] == pytest.approx(0.5 * np.log(4))
    assert found["cross_entropy.place"] == pytest.approx(2 * np.log(4))
    assert found["binary_cross_entropy.things seen"] > 0.6


def test_a_clip_may_lack_one_of_its_labels():
    found = losses(built(), **{"label.place": np.array([-1])})
    assert found["cross_entropy.place"] == 0.0
    assert found["cross_entropy"] > 0.0


def test_each_label_set_has_its_scores():
    found = built().predict(built().networks, FRAMES)
    shapes = {name: tuple(each.shape) for name, each in found.items()}
    assert shapes == {
        "scores": (2, 3),
        "scores.place": (2, 2),
        "scores.things seen": (2, 2),
    }


def test_answers_tell_labels_and_where_there_may_be_several():
    assert build(threshold=0.3).answers == {
        "scores": objective.Answer(("a", "b", "c")),
        "scores.place": objective.Answer(("inside", "outside")),
        "scores.things seen": objective.Answer(("ball", "dog"), 0.3),
    }


def test_heads_stand_on_one_trunk():
    (network,) = built().networks.values()
    assert [each.name for each in network.layers if "conv" in each.name] == [
        "frame_conv"
    ]
    kernels = [w.path for w in network.weights if "logits/kernel" in w.path]
    assert kernels == [
        "logits/kernel",
        "place/logits/kernel",
        "things_seen/logits/kernel",
    ]


def test_report_has_a_part_for_each_label_set():
    given = {
        name: np.concatenate([label, label]) for name, label in LABELS.items()
    }
    given |= {"frames": FRAMES[:, None], "mask": np.ones(2)}
    counts = built().counts(built().networks, given)
    counts = {name: np.asarray(value) for name, value in counts.items()}
    report = built().report(counts)
    assert set(report["per_class"]) == {"a", "b", "c"}
    assert set(report["tasks"]["place"]["per_class"]) == {"inside", "outside"}
    assert report["place/accuracy"] == report["tasks"]["place"]["accuracy"]
    assert 0 <= report["things seen/mean_average_precision"] <= 1


def test_moments_are_scored_where_the_head_does():
    goal = build(head="per_frame")
    found = goal.predict(goal.networks, FRAMES)
    assert found["scores.place"].shape == (2, 2)
    assert found["frame_scores.place"].shape == (2, 2, 2)


@pytest.mark.parametrize("text", ["place", "place=-1", "else=1", "label=x"])
def test_wrong_weights_are_refused(text):
    with pytest.raises(errors.UserError, match="wanted NAME=NUMBER"):
        build(weights=(text,))


@pytest.mark.parametrize(
    "settings, match",
    [
        ({"tasks": {}}, "1 main and 0 further"),
        ({"labels": ()}, "0 main and 2 further"),
        ({"head": "published"}, "wanted --head=classifier"),
        ({"head": "projection"}, "gives no scores"),
    ],
)
def test_what_does_not_fit_is_refused(settings, match):
    with pytest.raises(errors.UserError, match=match):
        build(**settings)


def test_tasks_whose_names_differ_in_a_sign_have_heads_apart():
    logits = build(tasks=ALIKE).networks["multi_task"].output
    assert set(logits) == {"label", "label.a b", "label.a_b"}
