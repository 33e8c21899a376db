"""Floors of a split of real shards."""

import numpy as np
import pytest

from launch.evaluation import evaluation, split_floors
from pipelines.reading import shard_reader
from video_models import objective as objectives

LABELS = ("a", "b", "c")


class _Goal(objectives.Objective):
    answers = {
        "scores": objectives.Answer(LABELS),
        "scores.place": objectives.Answer(("x", "y")),
    }


# Clips 0 to 6 without 5; 4 has no label.
ROWS = {
    "clip_id": np.array([0, 1, 2, 3, 4, 6]),
    "label": np.array([0, 1, 2, 0, -1, 0]),
    "label.place": np.array([0, 1, 0, 1, 0, 0]),
    "scores": np.eye(3, dtype=np.float32)[[0, 1, 2, 0, 0, 0]],
    "scores.place": np.eye(2, dtype=np.float32)[[0] * 6],
}
REPORT = {"examples": 5, "accuracy": 1.0, "tasks": {"place": {"accuracy": 0.6}}}


def floors(folder, known=True):
    read = lambda split: shard_reader.ShardReader(folder, split)  # noqa: E731
    return split_floors.SplitFloors(
        read("train") if known else None, read("validation")
    )


def report(made):
    evaluated = evaluation.Evaluated(REPORT, ROWS)
    return made.report(_Goal(), evaluated)


def test_every_label_set_gets_its_floors(coded_shards):
    made = floors(coded_shards)
    found = report(made)
    # The validation clips are also training clips: their lengths tell all.
    assert found["floors"]["metadata"]["accuracy"] == 1.0
    # Of 12 labelled training clips 5 are of a, 3 of 5 here.
    assert found["floors"]["majority"]["accuracy"] == pytest.approx(3 / 5)
    assert found["accuracy_interval"] == pytest.approx([0.566, 1], abs=1e-3)
    place = found["tasks"]["place"]["floors"]
    assert place["metadata"]["accuracy"] == 1.0
    assert made.given[""]["majority"].argmax(axis=1).tolist() == [0] * 5


def test_the_metadata_of_every_clip_are_kept(coded_shards):
    made = floors(coded_shards)
    report(made)
    assert made.clips[6].path == "6.mp4"


def test_without_a_training_split_there_are_intervals_only(coded_shards):
    found = report(floors(coded_shards, known=False))
    assert "floors" not in found and "accuracy_interval" in found


def test_objectives_without_answers_have_no_floors(coded_shards):
    evaluated = evaluation.Evaluated({"loss": 1.0}, {})
    made = floors(coded_shards)
    assert made.report(objectives.Objective(), evaluated) == {"loss": 1.0}
