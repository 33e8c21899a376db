"""Commands about videos whose names would harm a terminal or JSON."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from launch.commands import enhance, evaluate_restoration, predict
from launch.enhancement import enhancer
from launch.prediction import answers
from launch.serving import loaded_model, model_metadata
from pipelines import batch
from tests.launch import enhancers
from tfrecords_tools.base import errors, flags
from tfrecords_tools.media import reader, video_file
from tfrecords_tools.media.writing import writer

ODD = ("a\nb.mp4", "c\x1b[31m.mp4", "d\u202egpj.mp4", "سلام.mp4")
NO_UTF8 = os.fsdecode(b"e\xff.mp4")
SHOWN = ("a\\nb.mp4", "c\\x1b[31m.mp4", "d\\u202egpj.mp4", "سلام.mp4")


class Model:
    """Likes the second of two labels."""

    metadata = model_metadata.ModelMetadata(
        batch.ClipSpec(frames=2, size=16), ("run", "walk"), reader.Config()
    )

    def check_scores(self):
        """It has some."""

    def answers(self, clips, *others):
        return {"scores": np.float32([[0.25, 0.75]] * len(clips))}


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("videos")
    frames = np.zeros((16, 32, 32, 3), np.uint8)
    for name in (*ODD, NO_UTF8):
        writer.write_mp4(folder / name, frames, 8)
    (folder / os.fsdecode(b"f\xfe.mp4")).write_bytes(b"no video")
    return folder


def run(module, monkeypatch, capsys, *arguments):
    """The exit status and the lines on standard output."""
    monkeypatch.setattr(loaded_model, "LoadedModel", lambda path: Model())
    network = enhancers.Nearest(2)
    network.path = "EXPORT"
    monkeypatch.setattr(enhancer, "load", lambda path: network)
    given = ["--model=EXPORT", *arguments]
    code = module.main(flags.parse(module.COMMAND, given))
    return code, capsys.readouterr().out.split("\n")[:-1]


def test_predict_answers_about_every_name(videos, monkeypatch, capsys):
    code, lines = run(predict, monkeypatch, capsys, f"--videos={videos}")
    names = [line.rpartition("/")[2] for line in lines[1:]]
    assert names == [*SHOWN[:3], r"e\xff.mp4", SHOWN[3]]
    assert code == 1  # One is no video.


def test_predict_s_json_can_be_read_by_any_program(videos, monkeypatch, capsys):
    code, lines = run(
        predict, monkeypatch, capsys, f"--videos={videos}", "--json"
    )
    rows = [json.loads(line) for line in lines]
    names = [row["path"].removeprefix(f"{videos}/") for row in rows]
    assert sorted(names) == sorted([*ODD, r"e\xff.mp4", r"f\xfe.mp4"])
    broken = {row["path"].rpartition("/")[2] for row in rows if "error" in row}
    assert broken == {r"f\xfe.mp4"} and code == 1
    json.dumps(rows, ensure_ascii=False).encode()


def test_restoration_is_evaluated_under_every_name(videos, monkeypatch, capsys):
    code, lines = run(
        evaluate_restoration,
        monkeypatch,
        capsys,
        f"--videos={videos}",
        "--json",
    )
    rows = [json.loads(line) for line in lines]
    assert sum("frames" in row for row in rows) == 5 and code == 1
    json.dumps(rows, ensure_ascii=False).encode()


def test_a_video_is_enhanced_from_and_to_any_name(
    videos, tmp_path, monkeypatch, capsys
):
    output = tmp_path / os.fsdecode(b"out\xff\x1b.mp4")
    given = f"--video={videos / NO_UTF8}", f"--output={output}"
    _, lines = run(enhance, monkeypatch, capsys, *given)
    assert output.stat().st_size
    assert lines[0].startswith(rf"{videos}/e\xff.mp4: ")
    assert lines[-1].startswith(rf"{tmp_path}/out\xff\x1b.mp4: 64x64")


def test_a_row_about_a_broken_video_names_it_in_unicode():
    path = os.fsdecode(b"a\xff\n.mp4")
    error = video_file.VideoError(path, "empty", "is an empty file")
    assert answers.error_row(path, error) == {
        "path": "a\\xff\n.mp4",
        "error": r"a\xff\n.mp4: is an empty file",
    }


@pytest.mark.parametrize("flag", ["model", "workdir", "shards"])
def test_a_place_that_tensorflow_cannot_open_is_refused(flag, tmp_path):
    module = {"workdir": "evaluate", "shards": "train"}.get(flag, "predict")
    place = os.fsencode(tmp_path) + b"/x\xff"
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            f"launch.{module}",
            f"--{flag}=".encode() + place,
        ],
        capture_output=True,
    )
    assert told.returncode == 2 and b"Traceback" not in told.stderr
    assert rb"x\xff is not UTF-8" in told.stderr


def test_a_single_video_that_is_not_there_is_named_on_one_line(tmp_path):
    with pytest.raises(errors.UserError) as caught:
        predict.video_files.found_at(f"{tmp_path}/a\nb\x1b.mp4")
    assert str(caught.value).startswith(rf"--videos={tmp_path}/a\nb\x1b.mp4: ")
