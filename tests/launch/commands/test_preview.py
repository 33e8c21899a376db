import base64
import io
import re
import types
import wave

import cv2
import numpy as np
import pytest

from launch.batch_preview import (
    audio_images,
    batch_animation,
    batch_images,
    batch_page,
    batch_rows,
    batch_text,
)
from launch.commands import preview
from launch.reporting import drawing
from launch.runs import run_flags
from pipelines import clip_dataset
from pipelines.reading import shard_reader
from pipelines.text import text_tokens
from tests import shards
from tests.tfrecords_tools.fixtures import written_shards
from tfrecords_tools.base import errors, flags

RED, GREEN = (255, 0, 0), (0, 255, 0)
SMALL = ("--clip.frames=4", "--clip.size=16", "--train.batch_size=4")


def _frames(*colors) -> np.ndarray:
    """uint8 [T, 8, 8, 3], each frame of one colour."""
    return np.full((len(colors), 8, 8, 3), 0, np.uint8) + np.array(
        colors, np.uint8
    ).reshape(-1, 1, 1, 3)


def _run(*arguments: str) -> None:
    preview.main(flags.complete(preview.COMMAND, [*arguments, *SMALL]))


def test_command_shows_the_very_batch_of_a_step(coded_shards, tmp_path, capsys):
    _run(f"--shards={coded_shards}", f"--output={tmp_path}", "--step=2")
    described = run_flags.to_experiment(flags.parse(run_flags.COMMAND, SMALL))
    data = clip_dataset.training(
        shard_reader.ShardReader(coded_shards, "train"),
        described.input,
        clip_dataset.BatchShard(4),
        seed=0,
        start_step=2,
    )
    made = next(data.as_numpy_iterator())
    said = capsys.readouterr().out.splitlines()[1:9]
    assert [f"(clip {number})" for number in made["clip_id"]] == [
        line.strip().rpartition("  ")[2] for line in said[:4]
    ]
    picture = cv2.imread(str(tmp_path / "batch.png"))[..., ::-1]
    # Behind the margin and the line of the title.
    shown = picture[8 + drawing.LINE :, 8:][:128, :128]
    assert (shown == made["frames"][0, 0].repeat(8, 0).repeat(8, 1)).all()


def test_gif_plays_at_the_rate_of_the_clip(coded_shards, tmp_path):
    _run(f"--shards={coded_shards}", f"--output={tmp_path}", "--count=2")
    _, played = cv2.imreadanimation(str(tmp_path / "batch.gif"))
    # Every second frame of 25 a second.
    assert list(played.durations) == [80] * 4


def test_evaluation_shows_every_clip_of_a_split_once(coded_shards):
    arguments = [f"--shards={coded_shards}", *SMALL]
    resolved = flags.parse(run_flags.COMMAND, arguments)
    described = run_flags.to_experiment(resolved)
    shown = batch_rows.read(described, "validation", 99)
    numbers = [int(row["clip_id"]) for row in shown.rows]
    assert numbers == [0, 1, 2, 3, 4, 6, 7]
    assert shown.rows[0]["frames"].shape == (4, 16, 16, 3)


@pytest.mark.parametrize("missing", ["shards", "output"])
def test_what_is_missing_is_said(missing):
    given = {"shards": "a", "output": "b"} | {missing: ""}
    with pytest.raises(errors.UserError, match=f"--{missing} is not set"):
        _run(*(f"--{name}={value}" for name, value in given.items()))


def test_soft_labels_are_shown_with_their_shares():
    about = types.SimpleNamespace(labels=("run", "walk", "sit"), tasks={})
    row = {"label": np.array([0.3, 0.7, 0.0], np.float32)}
    assert batch_text.labels(row, about) == "walk 0.70, run 0.30"


def test_further_label_sets_and_missing_labels_are_shown():
    about = types.SimpleNamespace(labels=("run",), tasks={"place": ("in",)})
    row = {"label": np.array(-1), "label.place": np.array([1.0])}
    assert batch_text.labels(row, about) == "no label; place: in"


def test_tokens_become_words_again():
    first = text_tokens.FIRST
    tokens = [text_tokens.START, first, text_tokens.UNKNOWN, first + 1]
    tokens += [first + 2, text_tokens.END, text_tokens.PADDING]
    words = batch_text.words(
        {"tokens": np.array(tokens)}, ("a", "walk", "##ing")
    )
    assert words == '"a [?] walking"'


def test_letters_of_any_script_are_drawn():
    assert drawing.banner("走る", 60).min() < 128


def test_long_text_is_cut_to_its_width():
    assert drawing.banner("word " * 50, 90).shape == (drawing.LINE, 90, 3)


def test_long_titles_stand_on_several_lines():
    height, width, _ = drawing.paragraph("word " * 9, 90).shape
    assert height > drawing.LINE and height % drawing.LINE == 0 and width == 90


def test_pictures_keep_their_colors(tmp_path):
    red = _frames(RED)[0]
    drawing.save_png(tmp_path / "a.png", red)
    drawing.save_gif(tmp_path / "a.gif", [red, red], 0.1)
    assert (cv2.imread(str(tmp_path / "a.png"))[..., ::-1] == RED).all()
    _, played = cv2.imreadanimation(str(tmp_path / "a.gif"))
    shown = played.frames[1][..., :3][..., ::-1].astype(int)
    assert np.abs(shown - RED).max() < 16


def test_strip_begins_each_equal_part_of_the_clip():
    frames = _frames(*([n, 0, 0] for n in range(24)))
    strip = batch_images.strip(frames, 8)
    assert list(strip[0, ::8, 0]) == list(range(0, 24, 2))


def test_hidden_patches_are_grey():
    mask = np.array([True, False, False, False]).reshape(1, 2, 2)
    frames = batch_images.with_patches(
        {"frames": _frames(RED), "patch_mask": mask}
    )
    assert (frames[0, :4, :4] == 128).all() and (frames[0, 4:] == RED).all()


def test_audio_lies_under_the_frames_of_its_time():
    row = {"frames": _frames(*[RED] * 8), "voice": np.ones(10, np.float32)}
    times = batch_images.Times(frame_seconds=0.1, audio_seconds=0.4)
    sheet = batch_images.sheet([row], [["it"]], times)[8:-8, 8:-8]
    strip = 8 * batch_images.side_of(row["frames"])
    green = (sheet[-4] == (30, 150, 60)).all(-1)
    assert sheet.shape[1] == strip and green.sum() == strip / 2


def test_loud_low_tones_are_bright_below():
    tones = np.zeros((5, 64), np.float32)
    tones[:, 0] = 1
    picture = audio_images.spectrogram(tones, 10).astype(int)
    assert picture[-1].sum() > picture[0].sum()


def test_grid_shows_what_stands_beside_the_frames():
    row = {
        "frames": _frames(RED, RED),
        "low_frames": _frames(GREEN)[:, ::2, ::2],
    }
    pictures = batch_animation.grid([row] * 3, ["a", "b", "c"])
    side = batch_images.side_of(row["frames"])
    first = pictures[1][drawing.LINE :]
    assert len(pictures) == 2 and pictures[0].shape == pictures[1].shape
    assert tuple(first[0, 0]) == RED and tuple(first[0, side]) == GREEN


@pytest.mark.parametrize(
    "sampling, seconds",
    [("--clip.stride=3", 0.12), ("--clip.sampling=uniform", 0.1)],
)
def test_time_between_frames_follows_the_sampling(sampling, seconds, tmp_path):
    clip = shards.Clip(0, frames=10, labels=("a",))
    shards.write(tmp_path, {"train": [clip]}, shards=1)
    arguments = [f"--shards={tmp_path}", sampling, "--train.batch_size=1"]
    arguments += ["--clip.frames=4", "--clip.size=16"]
    resolved = flags.parse(run_flags.COMMAND, arguments)
    shown = batch_rows.read(run_flags.to_experiment(resolved), "train", 1)
    assert shown.times.frame_seconds == pytest.approx(seconds, rel=0.2)


def _played(page: str) -> list[wave.Wave_read]:
    files = re.findall(r'src="data:audio/wav;base64,([^"]+)"', page)
    return [wave.open(io.BytesIO(base64.b64decode(each))) for each in files]


def test_page_plays_the_audio_of_the_cut(tmp_path):
    def loud(record):
        record["waveform"] = [0.25] * len(record["waveform"])

    folder = written_shards.write(
        tmp_path / "shards",
        change=loud,
        settings={"media": {}, "sound": {"rate": written_shards.RATE}},
    )
    _run(
        f"--shards={folder}",
        f"--output={tmp_path}",
        "--count=2",
        "--modalities=audio",
        "--audio.features=log_mel",
        "--audio.seconds=0.1",
        "--audio.bins=8",
    )
    files = _played((tmp_path / "batch.html").read_text())
    assert [each.getnframes() for each in files] == [800, 800]
    samples = np.frombuffer(files[0].readframes(800), "<i2") / 32767
    assert np.abs(samples[:100] - 0.25).max() < 1e-3


def test_page_says_which_clip_has_no_audio():
    row = {
        "frames": _frames(RED),
        "waveform": np.zeros(8, np.float32),
        "has_audio": np.float32(0),
    }
    times = batch_images.Times()
    page = "".join(batch_page.page([row], [("it", '"a < b"')], times, 8000))
    assert "masked as missing" in page and "&quot;a &lt; b&quot;" in page


def test_loud_audio_is_scaled_down():
    data = batch_page.wav(np.float32([2.0, -1.0]), 8000)
    assert list(np.frombuffer(data[-4:], "<i2")) == [32767, -16384]
