import json

import numpy as np
import pytest

from launch.commands import evaluate, export, predict, train
from launch.prediction import answers
from launch.runs import run_flags
from launch.serving import loaded_model, model_metadata
from pipelines import batch
from tests import shards
from tfrecords_tools.base import flags
from tfrecords_tools.media import reader
from tfrecords_tools.media.writing import writer
from video_models import objective

LABELS = ("fall", "jump", "run")
SCORES = np.array([0.2, 0.9, 0.6], np.float32)


def metadata(**more):
    return model_metadata.ModelMetadata(
        batch.ClipSpec(), LABELS, reader.Config(), **more
    )


def row(about, scores=None, **more):
    scores = {"scores": SCORES} if scores is None else scores
    return answers.make_row(about, "a.mp4", scores, (0.0, 2.0), **more)


def test_best_label_comes_first():
    found = row(metadata())
    assert (found["label"], found["score"]) == ("jump", pytest.approx(0.9))
    assert [each["label"] for each in found["best"]] == ["jump", "run", "fall"]
    assert "labels" not in found


def test_all_labels_that_reach_the_threshold_are_told():
    found = row(metadata(threshold=0.6))
    assert [each["label"] for each in found["labels"]] == ["jump", "run"]
    assert answers.format_labels(found) == "jump|run"


def test_no_label_may_reach_the_threshold():
    found = row(metadata(threshold=0.95))
    assert found["labels"] == []
    assert answers.format_labels(found) == "-"


def test_every_task_has_an_answer():
    place = objective.Answer(("inside", "outside"))
    scores = {"scores": SCORES, "scores.place": np.array([0.1, 0.9])}
    found = row(metadata(tasks={"place": place}), scores)
    assert found["tasks"]["place"]["label"] == "outside"


def test_moments_share_the_time_of_their_window():
    scores = {"frame_scores": np.eye(3)[[0, 2]]}
    steps = answers.time_step_rows(metadata(), scores, (1.0, 2.0))
    assert steps == [
        {"label": "fall", "score": 1.0, "seconds": [1.0, 1.5]},
        {"label": "run", "score": 1.0, "seconds": [1.5, 2.0]},
    ]


def test_moments_of_windows_that_overlap_are_told_once():
    scores = {"frame_scores": np.eye(3)[[0, 2]]}
    windows = (0.0, 2.0), (1.0, 3.0)
    both = [
        m
        for w in windows
        for m in answers.time_step_rows(metadata(), scores, w)
    ]
    told = row(metadata(), time_steps=both)["moments"]
    assert [m["seconds"] for m in told] == [[0, 1], [1, 2], [2, 3]]


def test_metadata_are_read_back():
    about = metadata(
        threshold=0.3,
        tasks={"place": objective.Answer(("inside", "outside"), 0.4)},
    )
    assert model_metadata.ModelMetadata.from_json(about.to_json()) == about


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Shards, a run and its export: several labels, a task, and moments."""
    folder = tmp_path_factory.mktemp("several")
    (folder / "shards").mkdir()
    clips = [
        shards.Clip(
            number,
            frames=8,
            labels=("a", "b") if number % 2 else ("c",),
            tasks={"place": ("xy"[number % 2],)},
        )
        for number in range(8)
    ]
    splits = {"train": clips, "test": clips}
    shards.write(folder / "shards", splits, tasks={"place": ("x", "y")})
    asked = [
        f"--shards={folder / 'shards'}",
        f"--workdir={folder / 'run'}",
        "--objective=multi_task",
        "--head=per_frame",
        "--temporal=none",
        "--train.steps=1",
        "--train.batch_size=4",
        "--clip.frames=2",
        "--clip.size=16",
        "--backbone.widths=4",
        "--temporal=none",
    ]
    train.main(flags.parse(run_flags.COMMAND, asked))
    asked = [f"--workdir={folder / 'run'}", f"--output={folder / 'export'}"]
    assert export.main(flags.parse(export.COMMAND, asked)) == 0
    return folder


def test_evaluation_tells_of_every_label_set(folder, capsys):
    asked = [f"--workdir={folder / 'run'}", "--split=test"]
    evaluate.main(flags.parse(evaluate.COMMAND, asked))
    metrics = json.loads((folder / "run/metrics.json").read_text())
    assert "mean_average_precision" in metrics["test"]
    assert "accuracy" in metrics["test"]["tasks"]["place"]
    shown = capsys.readouterr().out
    assert "mean average precision" in shown
    assert "label.place: accuracy" in shown


def test_exported_model_answers_for_every_label_set(folder, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (12, 48, 64, 3))
    writer.write_mp4(tmp_path / "a.mp4", noise.astype(np.uint8), 25)
    model = loaded_model.LoadedModel(folder / "export")
    assert model.metadata.threshold == 0.5
    asked = predict.Config(model="", videos="")
    (found,) = predict.predict(model, tmp_path / "a.mp4", asked)
    assert found["tasks"]["place"]["label"] in ("x", "y")
    assert {each["score"] >= 0.5 for each in found["labels"]} <= {True}
    seconds = [moment["seconds"] for moment in found["moments"]]
    assert seconds[0][0] == found["seconds"][0]
    assert seconds[-1][1] == pytest.approx(found["seconds"][1])
