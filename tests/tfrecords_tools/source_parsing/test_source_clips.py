"""Names and files as people have them, from the folder to the data set."""

import csv
import dataclasses
import os
import subprocess
import sys
import types

import pytest

from tests.tfrecords_tools.fixtures import small
from tfrecords_tools import annotations, build_shards, manifest
from tfrecords_tools.base import errors, flags, registry
from tfrecords_tools.source_parsing import source_clips, video_root

NFC, NFD = "\u00c9p\u00e9e", "E\u0301pe\u0301e"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SKIP = video_root.Config(missing="skip")


@pytest.fixture
def write(classes, tmp_path):
    """Writes the same small video under each of the paths given."""
    video = (classes / "run/0.mp4").read_bytes()

    def write(*paths):
        for path in paths:
            path = tmp_path / "in" / path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(video)
        return tmp_path / "in"

    return write


def report(output):
    with open(output / "report.csv", newline="", encoding="utf-8") as stream:
        return {row["path"]: row for row in csv.DictReader(stream)}


def test_every_file_that_decodes_has_its_label_in_the_shards(write, tmp_path):
    write("train/run/0.MP4", "train/run/1", "train/walk/2.vid")
    folder = write("train/run/day/3.mp4.part", "val/run/4.mov")
    (folder / "train/run/notes.txt").write_text("no video")
    (folder / "train/about").mkdir()
    (folder / "train/about/notes.txt").write_text("no video")
    made, _ = small.build(folder, tmp_path / "out")
    assert made.labels == ("run", "walk")
    assert made.label_counts == {"train": (3, 1), "validation": (1, 0)}


def test_one_entry_that_cannot_be_read_does_not_stop_a_build(write, tmp_path):
    folder = write("run/0.mp4", "run/1.mp4")
    (folder / "run/gone.mp4").symlink_to("nowhere.mp4")
    (folder / "run/again").symlink_to(".")
    os.mkfifo(folder / "run/pipe.mp4")
    small.build(folder, tmp_path / "out")
    rows = report(tmp_path / "out")
    assert {path: row["status"] for path, row in rows.items()} == {
        "run/0.mp4": "ok",
        "run/1.mp4": "ok",
        "run/gone.mp4": "missing",
        "run/pipe.mp4": "missing",
    }
    assert "a link to nowhere.mp4" in rows["run/gone.mp4"]["reason"]
    assert small.check(tmp_path / "out") == 0


def test_a_folder_of_links_to_nothing_is_an_error(write, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/gone.mp4").symlink_to("nowhere.mp4")
    with pytest.raises(errors.UserError, match="gone.mp4 no such file"):
        small.build(tmp_path / "in", tmp_path / "out")


def test_rows_without_a_video_are_reported_where_allowed(write, tmp_path):
    table = small.table(write("0.mp4"), "0.mp4,a,train,,", "1.mp4,a,val,,")
    output = tmp_path / "out"
    with pytest.raises(errors.UserError, match="labels.csv:3: no file"):
        small.build(table, output, source="csv_file")
    made, _ = small.build(table, output, source="csv_file", files=SKIP)
    row = report(output)["1.mp4"]
    assert (row["status"], row["split"]) == ("missing", "validation")
    assert made.settings["files"]["missing"] == "skip"


def test_links_out_of_the_root_are_read_where_allowed(write, tmp_path):
    folder = write("run/0.mp4")
    (folder / "run").rename(tmp_path / "elsewhere")
    (folder / "run").symlink_to("../elsewhere")
    (folder / "walk").mkdir()
    (folder / "walk/1.mp4").symlink_to("../../elsewhere/0.mp4")
    with pytest.raises(errors.UserError, match="--files.follow_links"):
        small.build(folder, tmp_path / "out")
    resolved = flags.parse(
        build_shards.COMMAND,
        [f"--input={folder}", f"--output={tmp_path}/out", "--workers=1",
         "--files.follow_links"],
    )  # fmt: skip
    build_shards.run(resolved)
    assert manifest.read(tmp_path / "out").labels == ("run", "walk")


def test_labels_of_all_scripts_arrive(write, tmp_path):
    folder = write(f"train/{PERSIAN}/0.mp4", f"train/{FAMILY}/1.mp4")
    made, _ = small.build(folder, tmp_path / "out")
    assert set(made.labels) == {PERSIAN, FAMILY}
    stored = {
        record["labels"][0].decode()
        for (record, *_) in small.records(tmp_path / "out").values()
    }
    assert stored == {PERSIAN, FAMILY}
    assert f"train/{FAMILY}/1.mp4" in report(tmp_path / "out")


def test_folders_that_look_equal_are_one_class_and_lose_no_file(
    write, tmp_path
):
    write(f"train/{NFC}/0.mp4", f"train/{NFD}/0.mp4", f"train/{NFD} /0.mp4")
    folder = write(f"val/{NFD}/1.mp4")
    made, rows = small.build(folder, tmp_path / "out")
    assert made.labels == (NFC,) and len(rows) == 4
    assert made.label_counts == {"train": (3,), "validation": (1,)}


def test_a_rebuild_knows_labels_and_splits_of_another_form(write, tmp_path):
    folder, output = write(f"{NFD}/0.mp4", f"{NFD}/1.mp4"), tmp_path / "out"
    made, _ = small.build(folder, output)
    old = (f"a{NFD}", NFD)
    counts = {split: (0, *count) for split, count in made.label_counts.items()}
    manifest.write(
        output, dataclasses.replace(made, labels=old, label_counts=counts)
    )
    text = (output / "report.csv").read_text("utf-8")
    for split in annotations.SPLITS:
        text = text.replace(f",{split},", ",test,")
    (output / "report.csv").write_text(text, "utf-8")
    (folder / NFD).rename(folder / NFC)
    made, rows = small.build(folder, output)
    assert made.labels == (f"a{NFC}", NFC)
    assert {row["path"] for row in rows} == {f"{NFC}/0.mp4", f"{NFC}/1.mp4"}
    assert {row["split"] for row in rows} == {"test"}


def test_what_is_known_of_a_path_is_not_taken_for_its_twin():
    clips = [annotations.Clip(f"{NFC}.mp4"), annotations.Clip(f"{NFD}.mp4")]
    known = {f"{NFC}.mp4": "train", "x.mp4": "test"}
    assert source_clips.named_as_now(known, clips) == known


def test_a_console_without_a_letter_shows_its_number():
    program = (
        "from tests.tfrecords_tools.base import test_flags as t\n"
        "from tfrecords_tools.base import flags\n"
        "import sys; sys.argv = ['x']\n"
        "flags.main(t.COMMAND, lambda _: print('\u06cc\u200c'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=small.ROOT,
        env=os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
    )
    assert done.stdout.strip() == rb"\u06cc\u200c", done.stderr


def test_a_source_may_make_its_videos_first(tmp_path):
    def list_clips(config, input):
        (tmp_path / "made").mkdir()
        (tmp_path / "made" / "a.mp4").touch()
        return [annotations.Clip("a.mp4", "walk")]

    module = types.SimpleNamespace(list_clips=list_clips, list_all=None)
    source = registry.Chosen("made", module, None)
    where = tmp_path / "made"
    clips, _ = source_clips.read(
        source, str(where), lambda: where if where.is_dir() else tmp_path
    )
    assert [clip.path for clip in clips] == ["a.mp4"]
