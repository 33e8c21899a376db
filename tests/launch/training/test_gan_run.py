"""Runs of a generator: what they show, when they stop, what they make."""

import cv2
import numpy as np
import pytest
import tensorflow as tf

from launch.commands import evaluate, export, generate, train
from launch.generation import sampler
from launch.runs import checkpoints, run_flags
from tests.launch import short_runs
from tfrecords_tools.base import errors, flags
from tfrecords_tools.media import reader
from video_models.objectives import gan

TINY = (
    "--objective=gan",
    "--extra_inputs=noise",
    "--noise.length=8",
    "--generator.motion_noise=4",
    "--generator.motion=8",
    "--generator.code=8",
    "--generator.widths=8,4",
    "--image_discriminator.widths=4,8",
    "--video_discriminator.widths=4,8",
    "--clip.frames=4",
    "--clip.size=16",
    "--train.batch_size=4",
    "--train.ema_decay=0.5",
    "--train.log_every=1",
    "--objective.min_diversity=0",
)


def run(shards, workdir, *more):
    arguments = [*TINY, f"--shards={shards}", f"--workdir={workdir}", *more]
    train.main(flags.parse(run_flags.COMMAND, arguments))


@pytest.fixture(scope="module")
def trained(toy_shards, tmp_path_factory):
    workdir = tmp_path_factory.mktemp("gan")
    run(toy_shards, workdir, "--train.steps=4", "--train.evaluate_every=2")
    return workdir


def test_run_writes_what_it_shows(trained):
    names = {p.name for p in (trained / "samples").iterdir()}
    wanted = {
        f"0000000{step}-{title}.{ending}"
        for step in (2, 4)
        for title in ("generated", "real")
        for ending in ("mp4", "gif")
    }
    assert names == wanted


def test_losses_of_both_players_are_logged(trained):
    head = (trained / "losses.csv").read_text().splitlines()[0].split(",")
    assert {
        "discriminator/accuracy",
        "discriminator/video_real",
        "discriminator/gradient_norm",
        "generator/image_fooled",
        "generator/gradient_norm",
    } <= set(head)


def test_last_good_evaluation_is_the_best(trained):
    assert checkpoints.Checkpoints(trained / "checkpoints").best() == 4


def test_equal_seeds_make_equal_clips(trained):
    made = sampler.load_sampler(trained)
    one, labels = made.sample(5, seed=3)
    other, _ = made.sample(5, seed=3)
    assert one.shape == (5, 4, 16, 16, 3) and one.dtype == np.uint8
    np.testing.assert_array_equal(one, other)
    assert list(labels) == [0, 1, 2, 0, 1]


def test_first_clips_do_not_depend_on_how_many_are_made(trained):
    made = sampler.load_sampler(trained)
    few, _ = made.sample(3, seed=1)
    many, _ = made.sample(20, seed=1)
    np.testing.assert_array_equal(few, many[:3])


def test_generate_writes_one_grid(trained, tmp_path):
    path = tmp_path / "samples.mp4"
    arguments = [f"--workdir={trained}", "--count=6", f"--output={path}"]
    generate.main(flags.parse(generate.COMMAND, arguments))
    frames = list(reader.read_frames(path))
    assert len(frames) == 4
    assert (frames[0].height, frames[0].width) == (36, 54)


def test_generate_writes_a_file_for_each_clip(trained, tmp_path):
    output = tmp_path / "made"
    arguments = [f"--workdir={trained}", "--count=3", f"--output={output}"]
    generate.main(flags.parse(generate.COMMAND, [*arguments, "--label=light"]))
    found = sorted(str(p.relative_to(output)) for p in output.rglob("*.mp4"))
    assert found == [f"light/0000{number}.mp4" for number in range(3)]
    capture = cv2.VideoCapture(str(output / found[0]))
    assert capture.read()[1].shape == (16, 16, 3)


@pytest.mark.parametrize(
    "more, message",
    [
        (("--label=z",), "--label=z"),
        (("--output=a.avi",), "ends in .mp4 or .gif"),
        (("--workdir=/nowhere",), "no /nowhere"),
        (("--output=/tmp",), "already exists"),
    ],
)
def test_generate_refuses(trained, tmp_path, more, message):
    arguments = [f"--workdir={trained}", f"--output={tmp_path}/x.mp4", *more]
    with pytest.raises(errors.UserError, match=message):
        generate.main(flags.parse(generate.COMMAND, arguments))


def test_classifier_makes_no_clips(classifier):
    with pytest.raises(errors.UserError, match="generates no clips"):
        sampler.load_sampler(classifier)


def test_exported_generator_makes_the_same_clips(trained, tmp_path):
    arguments = [f"--workdir={trained}", f"--output={tmp_path}"]
    export.main(flags.parse(export.COMMAND, arguments))
    model = tf.saved_model.load(str(tmp_path / "1"))
    clips, labels = sampler.load_sampler(trained).sample(3, seed=5)
    noise = np.random.default_rng(5).standard_normal((3, 5, 8), np.float32)
    found = model.signatures["serving_default"](
        noise=tf.constant(noise), label=tf.constant(labels)
    )["frames"]
    apart = np.abs(found.numpy().astype(int) - clips)
    assert apart.max() <= 1  # Where rounding goes the other way.


@pytest.mark.full
def test_collapse_starts_again_from_the_last_good_evaluation(
    toy_shards, tmp_path, monkeypatch, capsys
):
    told = iter((None, "all alike", None, None))
    monkeypatch.setattr(gan.Gan, "alarm", lambda self, report: next(told))
    run(
        toy_shards,
        tmp_path,
        "--train.steps=6",
        "--train.evaluate_every=2",
        "--train.on_alarm=restart",
    )
    assert "restarting from it" in capsys.readouterr().out
    assert short_runs.steps_logged(tmp_path) == list(range(6))
    saved = checkpoints.Checkpoints(tmp_path / "checkpoints")
    assert saved.metadata(6)["restarts"] == 1


def test_evaluation_of_a_generator_prints_its_numbers(trained, capsys):
    evaluate.main(flags.parse(evaluate.COMMAND, [f"--workdir={trained}"]))
    assert "diversity" in capsys.readouterr().out
