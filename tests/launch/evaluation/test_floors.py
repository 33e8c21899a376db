"""Floors and models on the same clips."""

import numpy as np
import pytest

from launch.evaluation import clip_answers, floors
from launch.reporting import floor_lines

LABELS = ("fight", "calm")


def clips(labels, seconds):
    vectors = np.array([[96, 96, 25, each, 0] for each in seconds], float)
    videos = tuple(map(str, range(len(labels))))
    numbers = np.arange(len(labels))
    return floors.Clips(numbers, vectors, np.eye(2, dtype=bool)[labels], videos)


KNOWN = clips([0, 0, 1], seconds=[2, 3, 9])


def answers(labels, given, threshold=None):
    truth, guess = (np.eye(2, dtype=bool)[each] for each in (labels, given))
    numbers = np.arange(len(labels))
    scores = guess.astype(np.float32)
    return clip_answers.ClipAnswers(
        "", LABELS, threshold, numbers, truth, guess, scores
    )


def report(labels, given, seconds, measured=floors.FLOORS):
    each = answers(labels, given)
    queries = clips(labels, seconds)
    found = floors.measure(each, KNOWN, queries, measured)
    return {
        "examples": len(labels),
        "accuracy": float(each.hits.mean()),
        "accuracy_interval": floors.interval(each.hits),
        "floors": {name: row for name, (row, _) in found.items()},
    }


def test_the_majority_is_that_of_the_training_clips():
    found = report([1, 1, 0], [1, 1, 1], [9, 9, 9])["floors"]["majority"]
    assert found["accuracy"] == pytest.approx(1 / 3)
    assert found["title"] == "always 'fight', most frequent in training"


def test_metadata_answer_where_the_length_tells_the_label():
    found = report([0, 1], [0, 0], [2, 8])["floors"]["metadata"]
    assert found["accuracy"] == 1.0
    assert found["accuracy_interval"] == pytest.approx([0.342, 1.0], abs=1e-3)
    assert found["verdict"] == "unclear"
    assert (found["model_better"], found["model_worse"]) == (0, 1)


def test_eight_right_answers_beat_a_floor_without_any():
    found = report([1] * 8, [1] * 8, [2] * 8)["floors"]
    assert {row["verdict"] for row in found.values()} == {"better"}
    assert found["metadata"]["p_value"] == pytest.approx(2 / 2**8)


def test_a_floor_of_more_knowledge_is_appended():
    def guess(known, queries, labels):
        return floors.Guess("readout", np.eye(2, dtype=bool)[[0] * 2])

    further = (*floors.FLOORS, floors.Floor("readout", guess))
    found = report([0, 0], [0, 0], [2, 2], further)["floors"]
    assert list(found) == ["majority", "metadata", "readout"]


def test_a_floor_without_an_answer_is_left_out():
    absent = floors.Floor("readout", lambda known, queries, labels: None)
    assert report([0], [0], [2], [absent])["floors"] == {}


def test_few_clips_are_said_to_tell_nothing():
    found = report([1, 1, 0], [1, 1, 0], [2, 2, 2])
    assert floor_lines.verdict(found) == (
        "these 3 clips cannot tell it from the majority floor and the "
        "metadata floor (p = 0.5, 0.5)"
    )


def test_a_model_below_its_floors_is_said_to_be_so():
    found = report([0] * 8, [1] * 8, [2] * 8)
    assert floor_lines.verdict(found) == (
        "this model is not better than the majority floor and the metadata "
        "floor"
    )


@pytest.mark.parametrize("clips", [7, 71])
def test_as_many_right_as_a_floor_tells_little(clips):
    found = report([0] * clips, [0] * clips, [2] * clips)["floors"]
    assert found["majority"]["verdict"] == (
        "unclear" if clips == 7 else "not better"
    )


def test_clips_of_one_group_count_once():
    each = answers([1] * 8, [1] * 8)
    queries = clips([1] * 8, [2] * 8)
    found = floors.measure(each, KNOWN, queries, groups=["camera"] * 8)
    assert found["majority"][0]["p_value"] == 1.0


def test_the_table_has_a_line_a_floor():
    lines = floor_lines.table(report([1] * 8, [1] * 8, [2] * 8))
    assert lines[0].strip() == "accuracy of 8 clips (95 % interval)"
    assert lines[1].split() == "this model 1.0000 (0.68 to 1.00)".split()
    assert lines[2].endswith("0.0000 (0.00 to 0.32)")
    assert lines[-1] == (
        "this model is better than the majority floor and the metadata floor "
        "by more than chance (p = 0.0078)"
    )


def test_the_line_of_a_log_names_each_floor():
    line = floor_lines.line(report([1] * 8, [1] * 8, [2] * 8))
    assert "floors: majority 0.0000, metadata 0.0000; this model" in line


def test_reports_without_floors_have_no_lines():
    assert floor_lines.table({"accuracy": 1.0}) == []
    assert floor_lines.line({"accuracy": 1.0}) == ""
