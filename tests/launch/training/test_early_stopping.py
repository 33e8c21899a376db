"""Runs that take no steps, and whose evaluations are told by a table."""

import json

import pytest

from launch.runs import checkpoints
from launch.training import validation
from tests.launch import short_runs

# Best at step 4; nothing better at 6 and 8.
ACCURACY = {2: 0.5, 4: 0.7, 6: 0.6, 8: 0.65, 10: 0.9, 12: 0.1}


class Killed(Exception):
    """As if the process had ended here."""


@pytest.fixture
def evaluations(monkeypatch, no_steps):
    """The steps that were evaluated; a run is killed at step `at`."""
    found, kill = [], []

    def report(self, loop, board, step, samples=None):
        found.append(step)
        if step in kill:
            kill.clear()
            raise Killed
        return {"accuracy": ACCURACY[step], "views": 1}

    monkeypatch.setattr(validation.Validation, "report", report)
    return found, kill


def _run(shards, workdir, *more):
    return short_runs.run(
        shards,
        workdir,
        "--train.steps=12",
        "--train.checkpoint_every=3",
        "--train.keep=1",
        *more,
    )


def _saved(workdir):
    return checkpoints.Checkpoints(workdir / "checkpoints")


def test_run_stops_where_nothing_better_came(
    toy_shards, tmp_path, evaluations, capsys
):
    report = _run(toy_shards, tmp_path, "--train.patience=2")
    assert report["accuracy"] == ACCURACY[8]
    assert evaluations[0] == [2, 4, 6, 8]
    said = capsys.readouterr().out
    assert "stopped early at step 8 of 12" in said
    assert "best: accuracy 0.7000 at step 4" in said
    # The newest, and the best.
    assert _saved(tmp_path).steps() == [4, 8]
    assert _saved(tmp_path).chosen("best") == 4
    # The same command again has nothing to do but to measure.
    _run(toy_shards, tmp_path, "--train.patience=2")
    assert evaluations[0] == [2, 4, 6, 8, 8]
    assert (tmp_path / "losses.csv").read_text().count("\n") == 1 + 8


def test_run_without_patience_keeps_the_best_too(
    toy_shards, tmp_path, evaluations
):
    _run(toy_shards, tmp_path)
    assert _saved(tmp_path).steps() == [10, 12]
    best = json.loads((tmp_path / "checkpoints/best.json").read_text())
    assert best == {"step": 10, "name": "accuracy", "value": 0.9}


def test_run_killed_in_an_evaluation_goes_on_as_if_it_never_was(
    toy_shards, tmp_path, evaluations
):
    steps, kill = evaluations
    # Step 6 is saved before it is evaluated.
    kill.append(6)
    with pytest.raises(Killed):
        _run(toy_shards, tmp_path, "--train.patience=2")
    assert _saved(tmp_path).steps() == [4, 6]
    _run(toy_shards, tmp_path, "--train.patience=2")
    assert steps == [2, 4, 6, 6, 8]
    assert _saved(tmp_path).steps() == [4, 8]


def test_greater_patience_lets_a_run_go_on(toy_shards, tmp_path, evaluations):
    _run(toy_shards, tmp_path, "--train.patience=2")
    _run(toy_shards, tmp_path, "--train.patience=3")
    assert _saved(tmp_path).chosen("best") == 10
