"""A finished fold is known by what it depends on."""

import pytest

from launch.cross_validation import finished_fold
from launch.evaluation import metrics_file
from pipelines.reading import fold_reader
from tfrecords_tools.base import errors

MARK = {"flags": ["--train.steps=3"], "data": "abc"}


class _Pool(fold_reader.Pool):
    """No clips."""

    def __init__(self):
        self.clips, self.groups = [], []


def test_a_fold_is_finished_for_its_own_flags_only(tmp_path):
    assert finished_fold.find(tmp_path, MARK) is None
    finished_fold.record(tmp_path, MARK, "validation-1x1-step3")
    assert finished_fold.find(tmp_path, MARK) == "validation-1x1-step3"
    assert finished_fold.find(tmp_path, {**MARK, "data": "d"}) is None


def test_predictions_get_the_number_of_the_fold(tmp_path):
    folder = tmp_path / "evaluations/name"
    folder.mkdir(parents=True)
    (folder / "predictions.csv").write_text("clip,path\n3,a.mp4\n")
    metrics_file.add(tmp_path / "metrics.json", "validation", {}, "name")
    found = finished_fold.read(tmp_path, "name", 2, _Pool())
    (row,) = found.rows
    assert (row["fold"], row["clip"], row["group"]) == ("2", "3", "")


def test_missing_predictions_name_the_remedy(tmp_path):
    with pytest.raises(errors.UserError, match="fold 2 .* evaluate the fold"):
        finished_fold.read(tmp_path, "name", 2, _Pool())
