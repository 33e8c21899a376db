"""predictions.csv: a row a clip."""

import csv

import numpy as np

from launch.evaluation import prediction_table
from pipelines.reading import clip_metadata
from tests.launch.evaluation import answered

CLIP = clip_metadata.ClipMetadata(
    0, "fights/7.mp4", 1.5, 3.25, 96, 64, 25.0, False, {}
)


def rows(*every, given=None):
    return prediction_table.rows(every, {0: CLIP}, given or {}, {"views": 3})


def test_a_clip_has_its_video_span_labels_and_scores():
    assert rows(answered.ONE)[0] == {
        "clip": 0,
        "path": "fights/7.mp4",
        "start_seconds": 1.5,
        "end_seconds": 3.25,
        "views": 3,
        "label": "a",
        "predicted": "a",
        "correct": 1,
        "score": 0.7,
        "score_of_label": 0.7,
        "score:a": 0.7,
        "score:b": 0.2,
        "score:c": 0.1,
    }


def test_a_wrong_answer_has_both_scores():
    row = rows(answered.ONE)[2]
    assert (row["label"], row["predicted"], row["correct"]) == ("c", "b", 0)
    assert (row["score"], row["score_of_label"]) == (0.8, 0.1)


def test_a_clip_without_a_label_is_neither_right_nor_wrong():
    row = rows(answered.ONE)[3]
    assert (row["label"], row["correct"], row["score_of_label"]) == ("", "", "")
    assert row["predicted"] == "a"


def test_floors_answer_the_clips_that_count():
    guesses = np.eye(3, dtype=bool)[[0, 1, 1]]
    found = rows(answered.ONE, given={"": {"majority": guesses}})
    assert [row["majority"] for row in found] == ["a", "b", "b", ""]


def test_several_labels_are_joined_and_further_sets_have_their_name():
    row = rows(answered.ONE, answered.SEVERAL)[1]
    assert row["label.place"] == "a" and row["predicted.place"] == "a|b"
    assert row["score_of_label.place"] == 0.9 and row["correct.place"] == 0


def test_many_labels_have_no_column_each(monkeypatch):
    monkeypatch.setattr(prediction_table, "MOST_SCORES", 2)
    assert "score:a" not in rows(answered.ONE)[0]


def test_the_file_holds_every_column(tmp_path):
    path = tmp_path / "predictions.csv"
    prediction_table.write(path, rows(answered.ONE))
    with path.open(newline="") as stream:
        found = list(csv.DictReader(stream))
    assert [row["predicted"] for row in found] == ["a", "a", "b", "a"]
