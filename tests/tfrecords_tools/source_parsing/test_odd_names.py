"""Shards of videos whose names would harm a terminal, a table or a record."""

import csv
import os
import shutil
import subprocess
import sys

import pytest

from tests.tfrecords_tools.fixtures import small
from tests.tfrecords_tools.fixtures.numbered_videos import numbered, write_video
from tfrecords_tools import annotation_checks, annotations, manifest
from tfrecords_tools.base import errors
from tfrecords_tools.building import build_report, shard_journal

ODD = (
    "new\nline.mp4",
    "return\r.mp4",
    "tab\t.mp4",
    'quo"te.mp4',
    "com,ma.mp4",
    "esc\x1b[31m.mp4",
    "rtl\u202egpj.mp4",
    "سلام.mp4",
    "[bold]x.mp4",
)
NO_UTF8 = os.fsdecode(b"bad\xff.mp4")


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "a.mp4"
    write_video(path, [numbered(place) for place in range(4)])
    return path


@pytest.fixture(scope="module")
def videos(video, tmp_path_factory):
    folder = tmp_path_factory.mktemp("videos") / "walk"
    folder.mkdir()
    for name in (*ODD, NO_UTF8):
        shutil.copy(video, folder / name)
    return folder.parent


@pytest.fixture(scope="module")
def built(videos, tmp_path_factory):
    output = tmp_path_factory.mktemp("shards")
    return output, *small.build(videos, output)


def command(name, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", f"tfrecords_tools.{name}", *arguments],
        cwd=small.ROOT,
        capture_output=True,
        env={**os.environ, **environment},
    )


def test_all_names_that_utf8_can_hold_are_built(built):
    _, _, rows = built
    found = {row["path"]: row["status"] for row in rows}
    assert all(found[f"walk/{name}"] == "ok" for name in ODD)


def test_a_name_that_is_no_utf8_is_a_row_of_the_report(built):
    _, _, rows = built
    (row,) = (row for row in rows if row["status"] == "missing")
    assert row["path"] == r"walk/bad\xff.mp4"
    assert "rename the file" in row["reason"]


def test_the_report_reads_back_as_it_was_written(built):
    output, _, rows = built
    with open(output / "report.csv", encoding="utf-8", newline="") as stream:
        found = [row["path"] for row in csv.DictReader(stream)]
    assert found == [row["path"] for row in rows]


def test_the_split_of_every_video_is_found_again(built):
    output, _, rows = built
    splits = {row["path"]: row["split"] for row in rows if row["split"]}
    assert build_report.splits(output / "report.csv") == splits
    assert len(splits) == len(ODD)


def test_a_second_build_beside_a_misnamed_file_keeps_its_shards(videos, built):
    output, made, _ = built
    assert small.build(videos, output)[0] == made


def test_a_folder_that_is_no_utf8_makes_no_label(video, tmp_path):
    for name in (os.fsdecode(b"r\xe9"), "walk"):
        (tmp_path / "v" / name).mkdir(parents=True)
        shutil.copy(video, tmp_path / "v" / name / "a.mp4")
    made, rows = small.build(tmp_path / "v", tmp_path / "out")
    assert made.labels == ("walk",)
    assert [row["status"] for row in rows] == ["missing", "ok"]


def test_a_data_set_of_misnamed_files_alone_is_refused(video, tmp_path):
    (tmp_path / "v").mkdir()
    shutil.copy(video, tmp_path / "v" / NO_UTF8)
    with pytest.raises(errors.UserError, match=r"bad\\xff.mp4 its name is not"):
        small.build(tmp_path / "v", tmp_path / "out")


def test_an_input_that_is_no_utf8_is_built(video, tmp_path):
    folder = tmp_path / os.fsdecode(b"v\xff")
    folder.mkdir()
    shutil.copy(video, folder / "a.mp4")
    _, (row,) = small.build(folder, tmp_path / "out")
    text = (tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")
    assert row["status"] == "ok"
    assert r"v\\xff" in text and r"\udcff" not in text
    manifest.read(tmp_path / "out")


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_commands_print_no_code_of_a_terminal(video, tmp_path, encoding):
    folder = tmp_path / "v\x1b[31m"
    folder.mkdir()
    for name in (NO_UTF8, "سلام.mp4"):
        shutil.copy(video, folder / name)
    output = f"{tmp_path}/s\x1b\u202e"
    told = command("build_shards", f"--input={folder}", f"--output={output}",
                   PYTHONIOENCODING=encoding)  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert b"\\x1b\\u202e" in told.stdout

    assert b"\x1b" not in told.stdout + told.stderr
    checked = command("check_shards", f"--shards={output}",
                      PYTHONIOENCODING=encoding)  # fmt: skip
    assert checked.returncode == 0 and b"\x1b" not in checked.stdout


def test_output_that_nobody_reads_ends_without_a_trace(video, tmp_path):
    (tmp_path / "v").mkdir()
    shutil.copy(video, tmp_path / "v" / "a.mp4")
    build = f"{sys.executable} -m tfrecords_tools.build_shards"
    told = subprocess.run(
        f"{build} --input={tmp_path}/v --output={tmp_path}/s 2>&1 | true",
        shell=True,
        cwd=small.ROOT,
        capture_output=True,
        text=True,
    )
    assert told.stdout == told.stderr == ""


def test_a_place_that_is_no_utf8_is_refused_for_shards(tmp_path):
    output = os.fsencode(tmp_path) + b"/s\xff"
    told = command("build_shards", f"--input={tmp_path}", b"--output=" + output)
    assert told.returncode == 2
    assert b"s\\xff is not UTF-8" in told.stderr
    assert b"Traceback" not in told.stderr


def test_a_flag_with_a_line_break_is_refused(tmp_path):
    told = command("build_shards", f"--input={tmp_path}", "--output=a\nb")
    assert told.returncode == 2
    assert rb"--output=a\nb holds a line break" in told.stderr


@pytest.mark.parametrize(
    "label", ["می\u200cخواهم", "👨\u200d👩\u200d👧", "打\u3000球"]
)
def test_labels_of_any_language_are_taken(label):
    (clip,) = annotation_checks.check([annotations.Clip("a.mp4", label)])
    assert clip.label == label


@pytest.mark.parametrize("label", ["a\x1b", "a\nb", "a\u2028b", "a\ud800"])
def test_labels_with_what_cannot_be_seen_are_refused(label):
    with pytest.raises(errors.UserError, match="line break"):
        annotation_checks.check([annotations.Clip("a.mp4", label)])


def test_a_task_with_what_cannot_be_seen_is_refused():
    clip = annotations.Clip("a.mp4", tasks={"pl\nace": "home"})
    with pytest.raises(errors.UserError, match="line break"):
        annotation_checks.check([clip])


def test_a_report_reads_a_carriage_return_back(tmp_path):
    clip = annotations.Clip("a\r.mp4", split="train")
    rows = build_report.rows([shard_journal.Outcome(clip, "ok", "")])
    build_report.write(tmp_path / "report.csv", rows)
    assert build_report.splits(tmp_path / "report.csv") == {"a\r.mp4": "train"}
