"""What launch.evaluate leaves in the folder of a run."""

import csv
import json
import shutil

import cv2
import pytest

from launch.commands import evaluate
from launch.evaluation import evaluation_files
from tfrecords_tools.base import flags

FILES = ("predictions.csv", "confusion.png", "mistakes.png")


@pytest.fixture(scope="module")
def evaluated(trained, tmp_path_factory):
    """A run that was evaluated with one view, then with two crops."""
    run = tmp_path_factory.mktemp("evaluated") / "run"
    shutil.copytree(trained, run)
    for more in ([], ["--evaluate.crops=2"]):
        asked = [f"--workdir={run}", *more]
        evaluate.main(flags.parse(evaluate.COMMAND, asked))
    return run


def rows(path):
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_evaluation_keeps_its_files(evaluated):
    for name in ("validation-1x1-step12", "validation-1x2-step12"):
        folder = evaluated / "evaluations" / name
        assert sorted(p.name for p in folder.iterdir()) == sorted(FILES)


def test_the_latest_files_are_those_of_the_run(evaluated):
    latest = evaluated / "evaluations/validation-1x2-step12"
    for name in FILES:
        assert (evaluated / name).read_bytes() == (latest / name).read_bytes()


def test_metrics_hold_the_latest_report_and_every_one(evaluated):
    metrics = json.loads((evaluated / "metrics.json").read_text())
    assert metrics["validation"]["crops"] == 2
    assert {k: v["crops"] for k, v in metrics["evaluations"].items()} == {
        "validation-1x1-step12": 1,
        "validation-1x2-step12": 2,
    }


def test_predictions_have_the_accuracy_of_the_report(evaluated):
    report = json.loads((evaluated / "metrics.json").read_text())["validation"]
    table = rows(evaluated / "predictions.csv")
    right = [int(row["correct"]) for row in table]
    assert len(table) == 11
    assert sum(right) / 11 == pytest.approx(report["accuracy"])
    of_floor = [row["metadata"] == row["label"] for row in table]
    floor = report["floors"]["metadata"]["accuracy"]
    assert sum(of_floor) / 11 == pytest.approx(floor)


def test_pictures_can_be_opened(evaluated):
    for name in FILES[1:]:
        assert cv2.imread(str(evaluated / name)) is not None


def test_evaluations_of_other_shards_have_their_name(tmp_path):
    own = evaluation_files.name("test", 3, 1, 20)
    other = evaluation_files.name("test", 3, 1, 20, str(tmp_path / "shards"))
    assert own == "test-3x1-step20"
    assert other.startswith("test-3x1-step20-shards-")
