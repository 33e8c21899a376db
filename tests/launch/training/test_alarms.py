"""Runs of which an evaluation says that they collapsed; they take no steps."""

import pytest

from launch.runs import checkpoints, devices
from launch.training import validation
from tests.launch import short_runs
from tfrecords_tools.base import errors
from video_models.classification import clip_classifier


@pytest.fixture
def run(toy_shards, tmp_path, monkeypatch, no_steps):
    """Runs in `tmp_path`; `reasons` are what evaluations find, in turn."""

    def report(self, loop, board, step, samples=None):
        return {"accuracy": 0.5, "views": 1}

    def run(reasons, *more):
        told, found = iter(reasons), []

        def alarm(self, report):
            found.append(next(told))
            return found[-1]

        monkeypatch.setattr(clip_classifier.ClipClassifier, "alarm", alarm)
        try:
            short_runs.run(toy_shards, tmp_path, "--train.steps=4", *more)
        finally:
            assert found == list(reasons)

    monkeypatch.setattr(validation.Validation, "report", report)
    return run


RESTART = "--train.on_alarm=restart"


def _metadata(workdir, step):
    return checkpoints.Checkpoints(workdir / "checkpoints").metadata(step)


def test_collapse_ends_the_run_and_names_the_good_checkpoint(run):
    with pytest.raises(
        errors.UserError, match="all alike.*checkpoint is step 2"
    ):
        run([None, "all alike"], "--train.steps=8")


def test_collapse_before_anything_good_ends_the_run(run):
    with pytest.raises(
        errors.UserError, match="no earlier checkpoint was good"
    ):
        run(["all alike"], RESTART)


def test_nothing_is_removed_before_all_workers_went_back(run, monkeypatch):
    told = []

    class Told(checkpoints.Checkpoints):
        def restore(self, step, state):
            told.append("back")
            return super().restore(step, state)

        def remove_after(self, step):
            told.append("removed")
            return super().remove_after(step)

    monkeypatch.setattr(checkpoints, "Checkpoints", Told)
    monkeypatch.setattr(
        devices, "shared_maximum", lambda _: lambda _: told.append("met") or 0
    )
    run([None, "all alike", None], RESTART)
    place = told.index("removed")
    assert told[place - 2 : place] == ["back", "met"]


def test_collapsed_step_is_judged_again_by_whoever_goes_on(run, tmp_path):
    with pytest.raises(errors.UserError, match="all alike"):
        run([None, "all alike"])
    run(["all alike", None], RESTART)
    assert _metadata(tmp_path, 4)["restarts"] == 1


def test_patience_does_not_end_a_run_that_starts_again(run, tmp_path):
    run([None, "all alike", None], RESTART, "--train.patience=1")
    assert short_runs.steps_logged(tmp_path) == [0, 1, 2, 3]
