"""Runs of the objective readout: solved at once, an ordinary classifier."""

import types

import numpy as np
import pytest

from launch.features import readout_fit
from launch.runs import checkpoints, restored_run, run_flags
from launch.training import training_run
from pipelines import clip_dataset
from tests.launch import short_runs
from tfrecords_tools.base import errors, flags

READOUT = ("--objective=readout", "--temporal=statistics")
TINY = ("--clip.frames=2", "--clip.size=16", "--backbone.widths=8")


@pytest.fixture(scope="module")
def solved(toy_shards, tmp_path_factory):
    """Folder of a run, and its report."""
    workdir = tmp_path_factory.mktemp("readout")
    given = [
        f"--shards={toy_shards}",
        f"--workdir={workdir}",
        *TINY,
        *READOUT,
    ]
    resolved = flags.parse(run_flags.COMMAND, given)
    report = training_run.run(run_flags.to_experiment(resolved), workdir)
    run_flags.record(resolved)
    return workdir, report


def test_brightness_is_read_from_random_features(solved):
    assert solved[1]["accuracy"] > 0.9


def test_run_has_one_step(solved):
    assert checkpoints.Checkpoints(solved[0] / "checkpoints").steps() == [1]


def test_restored_network_gives_the_answers_of_the_report(solved):
    scores = answers(restored_run.load_run(str(solved[0])))
    assert list(np.argmax(scores, -1)) == [0, 2]


def answers(run):
    """Scores of a dark and a light clip."""
    frames = np.stack([np.full((2, 16, 16, 3), v) for v in (50.0, 200.0)])
    return run.objective.predict(run.networks, frames)["scores"]


def test_fine_tuning_starts_from_the_answers_of_the_readout(
    solved, toy_shards, tmp_path, no_steps
):
    given = [
        f"--shards={toy_shards}",
        f"--init.weights={solved[0]}",
        "--init.strict",
        "--temporal=statistics",
        "--train.steps=1",
        *TINY,
    ]
    described = run_flags.to_experiment(flags.parse(run_flags.COMMAND, given))
    training_run.run(described, tmp_path)
    started = answers(restored_run.RestoredRun(described, tmp_path))
    readout = answers(restored_run.load_run(str(solved[0])))
    np.testing.assert_array_equal(started, readout)


def test_accuracy_of_cross_validation_is_printed(toy_shards, tmp_path, capsys):
    short_runs.run(toy_shards, tmp_path, *READOUT)
    said = capsys.readouterr().out
    assert "readout of 36 clips of 36 groups (none were given: " in said
    assert "10-fold cross-validation by group" in said
    assert "always the most frequent label 0.3" in said


def test_same_command_changes_nothing(toy_shards, tmp_path):
    for _ in range(2):
        report = short_runs.run(toy_shards, tmp_path, *READOUT)
    assert checkpoints.Checkpoints(tmp_path / "checkpoints").steps() == [1]
    assert report["accuracy"] > 0.9


def test_weights_before_the_last_layer_are_refused(toy_shards, tmp_path):
    with pytest.raises(errors.UserError, match="would stay random"):
        short_runs.run(
            toy_shards, tmp_path, "--objective=readout", "--temporal=gru"
        )


@pytest.mark.parametrize("labels", [[], [1, 1, 1]])
def test_clips_of_one_label_are_refused(labels):
    with pytest.raises(errors.UserError, match="two labels or more"):
        readout_fit._check_clips(np.array(labels, int))


def test_too_many_clips_are_refused():
    with pytest.raises(errors.UserError, match="at most 10000"):
        readout_fit._check_clips(np.arange(10_001) % 2)


def test_groups_are_those_of_the_given_table(tmp_path):
    table = tmp_path / "groups.csv"
    table.write_text("path,camera\na.mp4,x\nb.mp4,x\n")
    reader = clip_dataset.Config(groups=str(table), group_column="camera")
    given = types.SimpleNamespace(shards=str(tmp_path), reader=reader)
    assert readout_fit.groups_of(given.shards, ["a.mp4", "b.mp4"], reader) == [
        "x",
        "x",
    ]
