"""A run that cannot learn what it is asked is refused before a first step."""

import numpy as np
import pytest

from launch.reporting import report_table
from launch.runs import label_checks
from tests import shards
from tests.launch import short_runs
from tests.tfrecords_tools.test_label_balance import PLACES, made
from tfrecords_tools.base import errors
from video_models import objective
from video_models.metrics import class_report

ONE = objective.Answer(("a", "b"))
SEVERAL = objective.Answer(("a", "b"), 0.5)
NEGATIVE = objective.Answer(("a", "b"), 0.5, unlabelled_is_negative=True)


def goal(**answers):
    found = objective.Objective()
    found.answers = {name.replace("_", "."): a for name, a in answers.items()}
    return found


def told(manifest, **answers):
    return label_checks.warnings(goal(**answers), manifest, "SHARDS")


def refused(manifest, **answers):
    with pytest.raises(errors.UserError) as caught:
        told(manifest, **answers)
    return str(caught.value)


def test_audio_shards_have_nothing_to_say():
    assert told(made(("a", "b"), (40, 40), (40, 40)), scores=ONE) == []


def test_the_test_split_is_no_matter_of_training():
    found = made(("a", "b"), (40, 40), (40, 40), (1, 0))
    assert told(found, scores=ONE) == []


def test_one_label_is_refused():
    text = refused(made(("left",), (60,), (40,)), scores=ONE)
    assert (
        text.startswith("nothing can be learned from SHARDS") and "left" in text
    )
    assert "--input=" in text and "--objective=multi_label" in text


def test_one_label_with_training_clips_is_refused():
    assert "same label" in refused(
        made(("a", "b"), (60, 0), (9, 9)), scores=ONE
    )


def test_training_clips_without_any_label_are_refused():
    found = made(("a", "b"), (0, 0), (9, 9), sizes={"train": 8})
    assert "none of its 8 training clips" in refused(found, scores=ONE)


def test_who_needs_no_labels_is_not_asked_for_them():
    found = made((), (), (), sizes={"train": 60, "validation": 60})
    assert told(found) == []


def test_a_single_label_against_clips_without_one():
    found = made(("a",), (30,), (30,), sizes={"train": 60, "validation": 60})
    assert told(found, scores=NEGATIVE) == []
    assert "negative" in refused(found, scores=SEVERAL)


def test_several_labels_that_all_clips_have_are_refused():
    found = made(("a", "b"), (60, 60), (40, 40), several_labels=True,
                 sizes={"train": 60, "validation": 40})  # fmt: skip
    assert "a, b" in refused(found, scores=SEVERAL)


def test_clips_without_a_label_are_told():
    found = made(("a", "b"), (40, 40), (40, 40),
                 sizes={"train": 100, "validation": 80})  # fmt: skip
    (text,) = told(found, scores=ONE)
    assert "20 of 180 clips have no label" in text


def test_one_task_of_two_may_be_constant():
    found = made(("a", "b"), (40, 40), (20, 20), **PLACES)
    texts = told(found, scores=ONE, scores_place=ONE)
    assert any("only one label of task place" in text for text in texts)


def test_both_tasks_may_not():
    found = made(("a", "b"), (80, 0), (40, 0), **PLACES)
    assert "a" in refused(found, scores=ONE, scores_place=ONE)


def test_tasks_that_were_not_counted_are_not_judged():
    found = made(("a", "b"), (80, 0), (40, 0), tasks={"place": ("x", "y")})
    assert told(found, scores=ONE, scores_place=ONE)


@pytest.fixture
def of_one_label(tmp_path):
    clips = [shards.Clip(n, 10, ("a",)) for n in range(4)]
    splits = {"train": clips, "validation": clips}
    return shards.write(tmp_path, splits, labels=("a",), shards=1)


def test_the_run_is_refused(of_one_label, tmp_path):
    with pytest.raises(errors.UserError, match="nothing can be learned"):
        short_runs.run(of_one_label, tmp_path / "run", "--train.steps=1")


def test_the_run_says_what_is_doubtful(
    coded_shards, tmp_path, no_steps, capsys
):
    short_runs.run(coded_shards, tmp_path, "--train.steps=1")
    lines = capsys.readouterr().out.splitlines()
    texts = [line for line in lines if line.startswith("warning: ")]
    assert any("have no label" in text for text in texts)
    assert any("validation split has 7 clips" in text for text in texts)


def test_a_table_tells_how_sure_it_is_and_what_guessing_reaches():
    counts = {
        "confusion": [[3, 0], [1, 1]],
        "top_5": 5,
        "examples": 5,
        "loss": 1,
    }
    text = report_table.format_report(class_report.report(counts, ("a", "b")))
    assert (
        "of 5 clips: accuracy 0.38 to 0.96 at 95 % confidence; always the "
        "most frequent label 0.6000" in text
    )


@pytest.mark.parametrize("labels, shown", [("abcde", False), ("abcdef", True)])
def test_top_5_is_shown_where_it_can_miss(labels, shown):
    counts = {
        "confusion": np.eye(len(labels)),
        "top_5": 5,
        "examples": len(labels),
        "loss": 1,
    }
    text = report_table.format_report(class_report.report(counts, labels))
    assert ("top-5" in text) is shown
