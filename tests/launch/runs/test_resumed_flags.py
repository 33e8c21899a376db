"""Which flags may change when a run is resumed; only one test trains."""

import numpy as np
import pytest
import tensorflow as tf

from launch.commands import train
from launch.runs import run_flags
from tests.launch import short_runs
from tfrecords_tools.base import errors, flags

CONSTANT = "--learning_rate.schedule=constant"
COSINE = "--learning_rate.schedule=warmup_cosine"


def _resolved(folder, *arguments: str) -> flags.Resolved:
    base = ["--shards=/none", f"--workdir={folder}", "--train.steps=150"]
    return flags.parse(run_flags.COMMAND, [*base, *arguments])


def _begun(folder, *arguments: str, done: int = 150) -> None:
    run_flags.record(_resolved(folder, *arguments))
    (folder / "checkpoints" / f"{done:08d}").mkdir(parents=True)


def _goes_on(folder, *arguments: str) -> None:
    """Only shards are missing, and they are looked for later."""
    with pytest.raises(errors.UserError, match="/none/manifest.json"):
        train.main(_resolved(folder, *arguments))


def _refused(folder, *arguments: str) -> str:
    with pytest.raises(errors.UserError) as caught:
        train.main(_resolved(folder, *arguments))
    assert "manifest.json" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "schedule",
    [
        [CONSTANT],
        [CONSTANT, "--learning_rate.warmup_steps=10"],
        ["--learning_rate.schedule=step", "--learning_rate.decay_steps=50"],
        [
            "--learning_rate.schedule=exponential",
            "--learning_rate.decay_steps=5",
        ],
    ],
)
@pytest.mark.parametrize(("done", "steps"), [(150, 300), (20, 40), (20, 20)])
def test_steps_may_change_where_no_rate_follows_them(
    tmp_path, schedule, done, steps
):
    _begun(tmp_path, *schedule, done=done)
    _goes_on(tmp_path, *schedule, f"--train.steps={steps}")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([COSINE], "warmup_cosine"),
        ([COSINE, "--learning_rate.warmup_steps=3"], "warmup_cosine"),
        (["--learning_rate.schedule=step"], "without --learning_rate.decay_st"),
        (["--learning_rate.schedule=exponential"], "exponential without"),
        ([CONSTANT, "--train.average_from=0.5"], "--train.average_from=0.5"),
    ],
)
def test_steps_that_others_follow_stay_and_the_way_on_is_told(
    tmp_path, arguments, reason
):
    _begun(tmp_path, *arguments)
    message = _refused(tmp_path, *arguments, "--train.steps=300")
    assert f"{tmp_path} was started with --train.steps=150, now 300" in message
    assert reason in message
    assert f"--init.weights={tmp_path} and another --workdir" in message


@pytest.mark.parametrize("schedule", [CONSTANT, COSINE])
def test_fewer_steps_than_done_are_refused(tmp_path, schedule):
    _begun(tmp_path, schedule)
    message = _refused(tmp_path, schedule, "--train.steps=149")
    assert "--train.steps=149" in message
    assert "150 steps are done" in message


def test_schedule_stays_though_more_steps_come(tmp_path):
    _begun(tmp_path, COSINE)
    message = _refused(tmp_path, CONSTANT, "--train.steps=300")
    assert "--learning_rate.schedule=warmup_cosine, now constant" in message


@pytest.mark.parametrize(
    "changed",
    [
        "--train.log_every=3",
        "--train.checkpoint_every=3",
        "--train.evaluate_every=3",
        "--train.keep=9",
        "--train.patience=9",
        "--reader.prefetch_batches=9",
        "--reader.parallel_clips=9",
        "--shards=/none/",
    ],
)
def test_what_changes_no_step_may_change(tmp_path, changed):
    _begun(tmp_path)
    _goes_on(tmp_path, changed)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("--train.seed=1", "--train.seed=0, now 1"),
        ("--train.batch_size=8", "--train.batch_size=16, now 8"),
        ("--train.ema_decay=0.5", "--train.ema_decay=0.999, now 0.5"),
        ("--train.clip_norm=1", "--train.clip_norm=unset, now 1.0"),
        ("--clip.size=32", "--clip.size="),
        ("--learning_rate.base=1", "--learning_rate.base=0.001, now 1.0"),
        ("--reader.cache=/a", "--reader.cache=unset, now /a"),
        ("--reader.shuffle=blocks", "--reader.shuffle=global, now blocks"),
        ("--backbone=r3d", "--backbone=frame_conv, now r3d"),
    ],
)
def test_what_changes_a_step_is_refused_with_the_way_on(
    tmp_path, changed, told
):
    _begun(tmp_path)
    message = _refused(tmp_path, changed)
    assert told in message
    assert f"--init.weights={tmp_path}" in message


def test_folder_of_a_cache_may_move(tmp_path):
    _begun(tmp_path, "--reader.cache=/a")
    _goes_on(tmp_path, "--reader.cache=/b")


def test_setting_that_an_older_version_did_not_know_has_its_default(tmp_path):
    _begun(tmp_path)
    path = tmp_path / run_flags.FILE_NAME
    lines = path.read_text().splitlines()
    kept = [each for each in lines if not each.startswith("--train.remat")]
    path.write_text("\n".join(kept))
    _goes_on(tmp_path)
    assert "--train.remat=none, now blocks" in _refused(
        tmp_path, "--train.remat=blocks"
    )


ENLARGING = "--objective=super_resolution", "--extra_inputs=low_resolution"
MAKING = "--objective=gan", "--extra_inputs=noise"


@pytest.mark.parametrize(
    "chosen, old, new",
    [
        (ENLARGING, "--objective.factor", "--low_resolution.factor"),
        (MAKING, "--generator.noise", "--noise.length"),
    ],
)
def test_run_whose_flags_said_the_same_twice_goes_on(
    tmp_path, chosen, old, new
):
    _begun(tmp_path, *chosen, f"{new}=32")
    with open(tmp_path / run_flags.FILE_NAME, "a") as stream:
        stream.write(f"{old}=32\n")
    _goes_on(tmp_path, *chosen, f"{new}=32")
    told = _refused(tmp_path, *chosen, f"{new}=16")
    assert f"{new}=32, now 16" in told and old not in told


def test_run_without_a_checkpoint_begins_anew(tmp_path):
    run_flags.record(_resolved(tmp_path, COSINE))
    _goes_on(tmp_path, COSINE, "--train.steps=9", "--train.seed=5")


def _variables(workdir, step):
    state = workdir / "checkpoints" / f"{step:08d}" / "state"
    reader = tf.train.load_checkpoint(str(state))
    names = reader.get_variable_to_shape_map()
    return {n: reader.get_tensor(n) for n in names if n.endswith("_VALUE")}


def test_finished_run_goes_on_to_the_bytes_of_a_longer_one(
    toy_shards, tmp_path
):
    def trained(workdir, *more):
        arguments = [
            f"--shards={toy_shards}",
            f"--workdir={workdir}",
            CONSTANT,
            "--learning_rate.warmup_steps=2",
            "--train.batch_size=4",
            "--clip.frames=2",
            "--clip.size=16",
            "--backbone.widths=8",
            "--temporal=none",
            *more,
        ]
        train.main(flags.parse(run_flags.COMMAND, arguments))
        return workdir

    trained(tmp_path / "a", "--train.steps=3")
    longer = trained(tmp_path / "a", "--train.steps=6")
    whole = trained(tmp_path / "b", "--train.steps=6")
    assert short_runs.steps_logged(longer) == [0, 1, 2, 3, 4, 5]
    losses = [(each / "losses.csv").read_bytes() for each in (longer, whole)]
    assert losses[0] == losses[1]
    one, other = _variables(longer, 6), _variables(whole, 6)
    assert one.keys() == other.keys() and len(one) > 20
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], name)
