"""Labels of a run, of shards and of exports are compared before any use."""

import pytest

from launch.runs import label_checks, run_metadata
from launch.serving import model_metadata
from pipelines import batch
from tfrecords_tools import manifest
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader
from video_models import objective

NFC, NFD = "\u00c9p\u00e9e", "E\u0301pe\u0301e"
FACTS = {
    "labels": ["a", "b"],
    "tasks": {"place": {"labels": ["x", "y"], "several": False}},
    "batch_size": 4,
    "training_data": "0",
    "numerics": {},
}


def _with_place(*labels):
    tasks = {"place": {"labels": list(labels), "several": False}}
    return FACTS | {"tasks": tasks}


@pytest.mark.parametrize("labels", [("y", "x"), ("x", "y", "z"), ("x", "w")])
def test_run_goes_on_with_the_label_names_of_its_tasks_alone(labels):
    with pytest.raises(errors.UserError, match="label.place of DIR"):
        run_metadata.check(FACTS, _with_place(*labels), "DIR", "RUN")


def test_run_whose_task_is_gone_does_not_go_on():
    with pytest.raises(errors.UserError, match="label.place of DIR"):
        run_metadata.check(FACTS, FACTS | {"tasks": {}}, "DIR", "RUN")


def test_run_of_an_older_version_names_no_tasks():
    then = {k: v for k, v in FACTS.items() if k != "tasks"}
    run_metadata.check(then, FACTS, "DIR", "RUN")


def _several(main=None, place=None, **found):
    goal = objective.Objective()
    goal.answers = {
        "scores": objective.Answer(("a",), main),
        "scores.place": objective.Answer(("x",), place),
    }
    found = {"tasks": {}, "several_labels": False} | found
    about = manifest.Manifest(labels=("a",), splits={}, settings={}, **found)
    label_checks.check_several(goal, about, "DIR")


def test_one_answer_for_clips_of_several_labels_is_refused():
    with pytest.raises(errors.UserError, match="the column label, the model"):
        _several(several_labels=True)
    with pytest.raises(errors.UserError, match="the column label.place"):
        _several(main=0.5, several_tasks=("place",))
    _several(main=0.5, place=0.5, several_labels=True)
    _several()


def _metadata(*labels, **tasks):
    return model_metadata.ModelMetadata(
        batch.ClipSpec(),
        labels,
        reader.Config(),
        tasks={k: objective.Answer(v, None) for k, v in tasks.items()},
    )


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (_metadata("a", "b"), _metadata("a", "b"), ""),
        (
            _metadata("a", "b"),
            _metadata("b", "a"),
            "scores had 2 labels, now 2 in another order",
        ),
        (
            _metadata("a", "b"),
            _metadata("a", "b", "c"),
            "scores had 2 labels, now 3, others",
        ),
        (
            _metadata("a", place=("x",)),
            _metadata("a", place=("y",)),
            "scores.place had 1 labels, now 1, others",
        ),
    ],
)
def test_version_with_other_labels_than_the_one_before_is_told(
    before, now, told
):
    assert now.change_since(before) == told


def test_a_model_knows_its_labels_in_another_unicode_form():
    label_checks.check_labels(("run", NFD), ("run", NFC), "shards")


def test_other_labels_are_still_refused():
    with pytest.raises(errors.UserError, match="in another order"):
        label_checks.check_labels(("run", NFD), (NFC, "run"), "shards")


@pytest.mark.parametrize(
    ("trained", "found"),
    [
        ("\u2764\ufe0f", "\u2764"),
        ("\u2764", "\u2764\ufe0f"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\u200d\U0001f525"),
    ],
)
def test_a_model_knows_an_emoji_with_and_without_its_selector(trained, found):
    label_checks.check_labels(("run", trained), ("run", found), "shards")


def test_labels_in_a_message_are_shown_as_they_are():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    with pytest.raises(errors.UserError, match=f"missing \\['{family}'\\]"):
        label_checks.check_labels((family,), ("run",), "shards")
