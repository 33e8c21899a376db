import re
import subprocess
import sys

import pytest

from launch.runs import checkpoints, run_flags
from launch.training import training_run
from tests.launch import loop_run
from tests.pipelines import spoiled
from tfrecords_tools.base import errors, flags

BAD, LATE = 7, 6  # Clips; the second one comes in the third step.
STEPS = 4


def described(shards, *more):
    return [
        f"--shards={shards}",
        f"--train.steps={STEPS}",
        "--train.batch_size=4",
        "--clip.frames=6",
        "--clip.size=16",
        "--clip.sampling=uniform",
        "--backbone.widths=4",
        "--temporal=none",
        "--temporal=none",
        *more,
    ]


def run(shards, workdir, *more):
    parsed = flags.parse(run_flags.COMMAND, described(shards, *more))
    return training_run.run(run_flags.to_experiment(parsed), workdir)


@pytest.fixture
def folder(coded_shards, tmp_path):
    return spoiled.copied(coded_shards, tmp_path / "shards")


def steps_kept(workdir):
    return checkpoints.Checkpoints(workdir / "checkpoints").steps()


def test_run_says_how_many_clips_it_skipped(folder, tmp_path, capsys):
    spoiled.flip_bit(folder, BAD)
    spoiled.no_jpeg(folder, 3, "validation")
    skip = "--reader.on_corrupt=skip"
    report = run(folder, tmp_path / "run", skip, "--train.steps=13")
    said = capsys.readouterr().out
    assert re.search(r"step 13/13 .* skipped 4 ", said)  # In 4 epochs.
    assert "4 clip(s) could not be read and were masked" in said
    assert f"check_shards --shards={folder} lists them" in said
    assert "1 clip(s) could not be read" in said  # Of the validation.
    assert report["examples"] == 7 - 1 - 1  # One of them has no label.


@pytest.mark.full
def test_run_that_was_stopped_by_damage_goes_on_without_it(folder, tmp_path):
    spoiled.flip_bit(folder, LATE)
    workdir, every = tmp_path / "run", "--train.checkpoint_every=1"
    with pytest.raises(errors.UserError, match=f"clip {LATE}: .*corrupt=skip"):
        run(folder, workdir, every)
    before = max(steps_kept(workdir))
    assert 0 < before < STEPS
    run(folder, workdir, every, "--reader.on_corrupt=skip")
    assert max(steps_kept(workdir)) == STEPS
    rows = (workdir / "losses.csv").read_text().splitlines()
    assert len(rows) == 1 + STEPS
    assert {row.count(",") for row in rows} == {rows[0].count(",")}


def test_nothing_but_skipped_clips_ends_the_run(folder, tmp_path):
    for clip in range(14):
        if clip != 5:
            spoiled.flip_bit(folder, clip)
    with pytest.raises(errors.UserError, match="no clip of the last 4 steps"):
        run(folder, tmp_path / "run", "--reader.on_corrupt=skip")


@pytest.mark.full
def test_damage_met_by_two_replicas_is_one_message_and_no_trace(
    folder, tmp_path
):
    found = spoiled.flip_bit(folder, BAD)
    more = [
        f"--workdir={tmp_path}/run",
        "--devices.strategy=mirrored",
        "--devices.logical_cpus=2",
        "--reader.shuffle=blocks",
        "--reader.block_shards=1",
        "--train.checkpoint_every=1",
    ]
    trial = subprocess.run(
        [sys.executable, "-m", "launch.train", *described(folder, *more)],
        cwd=loop_run.ROOT,
        capture_output=True,
        text=True,
    )
    assert trial.returncode == 2
    said = f"error: clip {BAD}: record at byte {found.offset} of {found.path}"
    assert trial.stderr.count(said) == 1
    assert "Traceback" not in trial.stderr
