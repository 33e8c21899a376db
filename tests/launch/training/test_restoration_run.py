"""Runs that make frames of frames, their exports, and what those are worth."""

import json
import shutil

import cv2
import numpy as np
import pytest
import tensorflow as tf

from launch.commands import (
    enhance,
    evaluate,
    evaluate_restoration,
    export,
    train,
)
from launch.enhancement import enhancer
from launch.runs import restored_run, run_flags
from tests.launch import enhancers
from tfrecords_tools.base import errors, flags
from tfrecords_tools.media.writing import writer
from video_models.metrics import image_quality

CLIP = (
    "--clip.frames=3",
    "--clip.size=16",
    "--train.batch_size=4",
    "--train.steps=2",
    "--train.ema_decay=0.5",
)
ENLARGING = "--objective=super_resolution", "--extra_inputs=low_resolution"
RECURRENT = (
    *ENLARGING,
    "--low_resolution.factor=2",
    "--objective.border=1",
    "--generator=recurrent_sr",
    "--generator.width=16",
    "--generator.blocks=1",
    "--generator.fine_width=4",
    "--generator.flow_width=4",
    "--generator.flow_levels=1",
    "--generator.frame_blocks=0",
    "--generator.window=3",
    "--generator.overlap=1",
)


def run(command, module, *arguments):
    return module.main(flags.parse(command.COMMAND, list(arguments)))


def trained(shards, folder, *more):
    arguments = [*CLIP, f"--shards={shards}", f"--workdir={folder}", *more]
    run(run_flags, train, *arguments)
    return folder


@pytest.fixture(scope="module")
def recurrent(toy_shards, tmp_path_factory):
    """Folder of the export of a recurrent network of factor 2."""
    folder = tmp_path_factory.mktemp("recurrent")
    trained(toy_shards, folder / "run", *RECURRENT)
    flag = f"--workdir={folder / 'run'}"
    run(export, export, flag, f"--output={folder / 'export'}")
    return folder / "export"


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """A video of 11 frames of 40x24 pixels."""
    path = tmp_path_factory.mktemp("video") / "in.mp4"
    rows, columns = np.mgrid[0:24, 0:40]
    frames = [
        127 + 100 * np.sin((rows + 2 * columns) / 4 + n) for n in range(11)
    ]
    pixels = np.stack([np.stack([f] * 3, -1) for f in frames])
    writer.write_mp4(path, pixels.astype(np.uint8), 10)
    return path


def test_export_says_how_it_is_used(recurrent):
    found = enhancer.load(recurrent)
    metadata = found.factor, found.frames, found.overlap, found.whole
    assert metadata == (2, 3, 1, False)


def test_export_is_held_to_the_network(recurrent, capsys):
    assert run(export, export, f"--verify={recurrent}") == 0
    assert "golden frames" in capsys.readouterr().out


def test_export_that_gives_other_frames_is_noticed(recurrent, tmp_path):
    copy = shutil.copytree(recurrent, tmp_path / "export")
    path = copy / "1" / "assets.extra" / "golden.npz"
    with np.load(path) as kept:
        other = {**kept, "made": 255 - kept["made"]}
    np.savez(path, **other)
    assert run(export, export, f"--verify={copy}") == 1


def test_export_takes_frames_of_any_size(recurrent):
    network = enhancer.load(recurrent)
    for height, width in ((8, 12), (9, 7)):
        clip = np.zeros((1, 3, height, width, 3), np.uint8)
        assert network(clip).shape == (1, 3, 2 * height, 2 * width, 3)


def test_export_gives_what_the_averaged_network_gives(recurrent):
    run_folder = recurrent.parent / "run"
    found = restored_run.load_run(str(run_folder))
    network = found.objective.enhances.network(found.networks)
    random = np.random.default_rng(0)
    clip = random.integers(0, 256, (1, 3, 8, 8, 3)).astype(np.uint8)
    wanted = network(tf.cast(clip, tf.float32))["frames"]
    wanted = np.clip(np.round(wanted), 0, 255)
    apart = np.abs(enhancer.load(recurrent)(clip) - wanted)
    assert apart.max() <= 1  # Where rounding goes the other way.


def test_whole_video_is_enhanced(recurrent, video, tmp_path):
    path = tmp_path / "out.mp4"
    flag = f"--model={recurrent}", f"--video={video}", f"--output={path}"
    run(enhance, enhance, *flag)
    capture = cv2.VideoCapture(str(path))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 11
    assert capture.read()[1].shape == (48, 80, 3)


def test_evaluation_prints_psnr(recurrent, capsys):
    run(evaluate, evaluate, f"--workdir={recurrent.parent / 'run'}")
    assert "input_psnr" in capsys.readouterr().out


@pytest.mark.parametrize(
    "flags_given, message",
    [
        ((*RECURRENT, "--clip.frames=1"), "wanted at least 2"),
        ((*RECURRENT, "--generator.overlap=2"), "keeps no frame"),
        (
            (*ENLARGING, "--generator=style_net"),
            "does not upscale",
        ),
    ],
)
def test_generator_that_does_not_fit_is_refused(
    toy_shards, tmp_path, flags_given, message
):
    with pytest.raises(errors.UserError, match=message):
        trained(toy_shards, tmp_path, "--clip.size=32", *flags_given)


def test_border_that_leaves_nothing_is_refused(video):
    with pytest.raises(errors.UserError, match="--protocol.border of 8"):
        _fidelity(video, enhancers.Nearest(2), border=8)


def test_run_of_a_classifier_enhances_nothing(exported):
    with pytest.raises(errors.UserError, match="--objective=super_resolution"):
        enhancer.load(exported)


@pytest.fixture(scope="module")
def style(toy_shards, classifier, tmp_path_factory):
    """Flags of a run that learnt the style of a picture, which is gone."""
    folder = tmp_path_factory.mktemp("style")
    picture = folder / "style.png"
    rows, columns = np.mgrid[0:30, 0:40]
    waves = np.stack([127 + 120 * np.sin(rows / n) for n in (1, 2, 3)], -1)
    cv2.imwrite(str(picture), waves.astype(np.uint8))
    given = (
        "--objective=style_transfer",
        f"--objective.style={picture}",
        f"--features={classifier}",
        "--generator.width=4",
        "--generator.blocks=1",
    )
    trained(toy_shards, folder / "run", *given)
    picture.unlink()  # It is not needed any more.
    return folder, given


@pytest.mark.full
def test_style_is_learnt_from_a_picture(style, tmp_path):
    flag = f"--workdir={style[0] / 'run'}", f"--output={tmp_path / 'export'}"
    run(export, export, *flag)
    network = enhancer.load(tmp_path / "export")
    assert network.whole and network.factor == 1
    clip = np.zeros((1, 1, 11, 14, 3), np.uint8)
    assert network(clip).shape == clip.shape


@pytest.mark.full
def test_style_is_not_learnt_on_from_another_picture(
    style, toy_shards, tmp_path
):
    folder, given = style
    picture = tmp_path / "style.png"
    cv2.imwrite(str(picture), np.full((20, 20, 3), 99, np.uint8))
    begun = shutil.copytree(folder / "run", tmp_path / "run")
    other = f"--objective.style={picture}"
    with pytest.raises(errors.UserError, match="another style"):
        trained(toy_shards, begun, *given, other)


def test_style_without_features_is_refused(toy_shards, tmp_path):
    with pytest.raises(errors.UserError, match="give --features"):
        trained(toy_shards, tmp_path, "--objective=style_transfer")


@pytest.mark.full
def test_cleaning_leaves_the_size(toy_shards, tmp_path):
    folder = trained(
        toy_shards,
        tmp_path / "run",
        "--objective=super_resolution",
        "--objective.border=1",
        "--extra_inputs=low_resolution",
        "--low_resolution.factor=1",
        "--low_resolution.max_noise=20",
        "--low_resolution.min_brightness=0.5",
        "--low_resolution.max_lost_blocks=0.2",
        "--generator.width=4",
        "--generator.blocks=1",
    )
    flag = f"--workdir={folder}", f"--output={tmp_path / 'export'}"
    run(export, export, *flag)
    clip = np.zeros((1, 2, 10, 12, 3), np.uint8)
    assert enhancer.load(tmp_path / "export")(clip).shape == clip.shape


@pytest.mark.parametrize("flag", ["--backbone=r3d", "--head=classifier"])
def test_part_that_the_objective_has_no_use_for_is_refused(
    toy_shards, tmp_path, flag
):
    with pytest.raises(errors.UserError, match="has no use for it"):
        trained(toy_shards, tmp_path, *RECURRENT, flag)


def _fidelity(video, network, **protocol):
    settings = image_quality.Protocol(**protocol)
    found = evaluate_restoration.RestorationEvaluation(network, settings)
    found.measure(video)
    return found


class Bicubic(enhancers.Nearest):
    """What stands beside a model, as a model."""

    def __call__(self, frames):
        clip = tf.cast(tf.reshape(frames, (-1, *frames.shape[2:])), tf.float32)
        sides = [self.factor * side for side in frames.shape[2:4]]
        large = np.round(tf.image.resize(clip, sides, "bicubic"))
        large = np.clip(large, 0, 255).astype(np.uint8)
        return large.reshape(*frames.shape[:2], *large.shape[1:])


@pytest.mark.parametrize("frames, overlap", [(1, 0), (4, 1), (20, 2)])
def test_bicubic_model_is_worth_what_bicubic_is(video, frames, overlap):
    network = Bicubic(2, frames, overlap)
    found = _fidelity(video, network)
    means = found.means()
    assert found.frames == 11
    for name, value in means["bicubic"].items():
        assert means["model"][name] == pytest.approx(value, rel=1e-5)


def test_length_of_pieces_does_not_matter(video):
    one, other = (
        _fidelity(video, Bicubic(2, frames)).means()["model"]
        for frames in (3, 11)
    )
    assert one == pytest.approx(other, rel=1e-5)


def test_worse_model_is_worth_less(video):
    means = _fidelity(video, enhancers.Nearest(2)).means()
    assert means["model"]["psnr"] < means["bicubic"]["psnr"]


def test_fidelity_prints_lines_for_programs(video, recurrent, capsys):
    flag = f"--model={recurrent}", f"--videos={video}", "--json"
    assert run(evaluate_restoration, evaluate_restoration, *flag) == 0
    (line,) = capsys.readouterr().out.splitlines()
    row = json.loads(line)
    assert row["frames"] == 11 and row["bicubic"]["psnr"] > 10


def test_broken_video_is_named_and_the_rest_measured(
    video, recurrent, tmp_path, capsys
):
    (tmp_path / "a.mp4").write_bytes(b"")
    (tmp_path / "b.mp4").write_bytes(video.read_bytes())
    flag = f"--model={recurrent}", f"--videos={tmp_path}"
    assert run(evaluate_restoration, evaluate_restoration, *flag) == 1
    printed = capsys.readouterr()
    assert "a.mp4" in printed.err and "b.mp4" in printed.out


def test_a_link_that_leads_nowhere_is_a_row_for_programs(
    video, recurrent, tmp_path, capsys
):
    (tmp_path / "a.mp4").symlink_to(tmp_path / "nowhere.mp4")
    (tmp_path / "b.mp4").write_bytes(video.read_bytes())
    flag = f"--model={recurrent}", f"--videos={tmp_path}", "--json"
    assert run(evaluate_restoration, evaluate_restoration, *flag) == 1
    lines = capsys.readouterr().out.splitlines()
    broken, whole = (json.loads(line) for line in lines)
    assert broken == {
        "path": str(tmp_path / "a.mp4"),
        "error": f"{tmp_path}/a.mp4: no such file: a link to "
        f"{tmp_path}/nowhere.mp4",
    }
    assert whole["frames"] == 11
