"""A cross-validation that is stopped and resumed, on existing shards."""

import csv
import json

import numpy as np
import pytest

from launch.commands import evaluate, train
from launch.training import training_run
from tests import shards
from tfrecords_tools.base import errors, flags


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """12 clips of 6 groups, in two splits."""
    made = tmp_path_factory.mktemp("groups")
    clips = [shards.Clip(n, 8, ("ab"[n % 2],)) for n in range(12)]
    splits = {"train": clips[:8], "validation": clips[8:]}
    shards.write(made, splits, shards=1, labels=("a", "b"))
    rows = [f"{n}.mp4,g{n // 2}" for n in range(12)]
    (made / "report.csv").write_text("\n".join(["path,group", *rows]) + "\n")
    return made


def run(folder, workdir, *more):
    asked = [
        f"--shards={folder}",
        f"--workdir={workdir}",
        "--train.steps=3",
        "--train.batch_size=4",
        "--clip.frames=2",
        "--clip.size=16",
        "--backbone.widths=4",
        "--temporal=none",
        "--head.dropout=0.5",
        *more,
    ]
    train.main(flags.parse(train.COMMAND, asked))


@pytest.fixture(scope="module")
def validated(folder, tmp_path_factory):
    """Folder of one that was stopped in its second fold."""
    workdir = tmp_path_factory.mktemp("cross") / "run"
    real = training_run.train

    def stopped(opened):
        if opened.workdir.name == "fold_2":
            raise SystemExit(143)
        return real(opened)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_run, "train", stopped)
        with pytest.raises(SystemExit):
            run(folder, workdir, "--cross_validate=2")
    first = (workdir / "fold_1/losses.csv").stat().st_mtime_ns
    run(folder, workdir, "--cross_validate=2")
    assert (workdir / "fold_1/losses.csv").stat().st_mtime_ns == first
    return workdir


def rows(path):
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_clip_is_answered_once(validated):
    found = rows(validated / "predictions.csv")
    # Clips of the validation split are counted from the last one of train.
    assert [int(row["clip"]) for row in found] == [*range(8), *range(16, 20)]
    fold_of = {}
    for row in found:
        fold_of.setdefault(row["group"], set()).add(row["fold"])
    assert len(fold_of) == 6
    assert all(len(folds) == 1 for folds in fold_of.values())


def test_the_report_is_over_all_clips(validated):
    metrics = json.loads((validated / "metrics.json").read_text())
    report = metrics["cross_validation"]
    right = [int(row["correct"]) for row in rows(validated / "predictions.csv")]
    assert report["examples"] == 12
    assert report["accuracy"] == pytest.approx(np.mean(right))
    assert set(report["floors"]) == {"majority", "metadata"}
    assert (validated / "confusion.png").stat().st_size
    assert (validated / "mistakes.png").stat().st_size


@pytest.mark.full
def test_a_fold_is_the_run_that_its_flags_train_alone(
    folder, validated, tmp_path
):
    for _ in range(2):  # It resumes like any run.
        run(folder, tmp_path, "--reader.folds=2", "--reader.fold=2")
    alone, other = (
        (at / "losses.csv").read_bytes()
        for at in (tmp_path, validated / "fold_2")
    )
    assert alone == other


def test_other_flags_are_refused(folder, validated):
    with pytest.raises(errors.UserError, match="was started with other flags"):
        run(folder, validated, "--cross_validate=2", "--train.seed=1")
    with pytest.raises(errors.UserError, match="was started with other flags"):
        run(folder, validated, "--cross_validate=3")


def test_its_folder_is_no_run(folder, validated):
    message = "folds are runs of their own: give one"
    asked = flags.parse(evaluate.COMMAND, [f"--workdir={validated}"])
    with pytest.raises(errors.UserError, match=message):
        evaluate.main(asked)
    with pytest.raises(errors.UserError, match=message):
        run(folder, validated)


def test_a_run_of_its_own_is_not_overwritten(folder, trained):
    with pytest.raises(errors.UserError, match="holds a run of its own"):
        run(folder, trained, "--cross_validate=2")


def test_views_without_a_cross_validation_are_refused(folder, tmp_path):
    with pytest.raises(errors.UserError, match="without --cross_validate"):
        run(folder, tmp_path, "--evaluate.views=3")


def test_objectives_without_labels_are_refused(folder, tmp_path):
    asked = [
        "--objective=super_resolution",
        "--extra_inputs=low_resolution",
        "--cross_validate=2",
        f"--shards={folder}",
        f"--workdir={tmp_path}",
    ]
    with pytest.raises(errors.UserError, match="which answers no labels"):
        train.main(flags.parse(train.COMMAND, asked))
