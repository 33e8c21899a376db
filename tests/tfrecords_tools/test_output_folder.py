"""What stood before a build is kept till the new data set is whole."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from tests.tfrecords_tools.fixtures import small
from tests.tfrecords_tools.fixtures.numbered_videos import numbered, write_video
from tfrecords_tools import manifest, output_folder
from tfrecords_tools.base import errors


class Killed(BaseException):
    """Ends the program at once."""


@pytest.mark.parametrize("moved", [0, 1, 3, 5, 6])
def test_a_move_that_was_stopped_is_finished_first(
    classes, tmp_path, monkeypatch, moved
):
    settings = {"source": "csv_file", "video_root": str(classes)}
    output = tmp_path / "out"
    rows = [f"run/{n}.mp4,m,train,," for n in range(4)]
    small.build(small.table(tmp_path, *rows[:1]), output, **settings)
    path = small.table(tmp_path, *rows, "walk/0.mp4,z,train,,")
    left = [moved]

    def replace(source, target):
        if pathlib.Path(target).parent == output:
            if not left[0]:
                raise Killed
            left[0] -= 1
        os.rename(source, target)

    monkeypatch.setattr(os, "replace", replace)
    try:
        small.build(path, output, **settings)
    except Killed:
        with pytest.raises(errors.UserError, match="half replaced"):
            manifest.read(output)
    monkeypatch.undo()
    with output_folder.claimed(output):
        assert small.check(output) == 0
        small.table(tmp_path, "run/0.mp4,a,train,,")
        assert small.build(path, output, **settings)[0].labels == (
            "m",
            "z",
            "a",
        )
    assert len(small.files(output)) == 4


def test_a_second_build_into_one_folder_is_refused(tmp_path):
    with output_folder.claimed(tmp_path / "out"):
        with pytest.raises(errors.UserError, match="another build"):
            with output_folder.claimed(tmp_path / "out"):
                pass
    assert not (tmp_path / "out").exists()


def test_another_data_set_is_replaced_only_on_demand(classes, built, tmp_path):
    output = tmp_path / "out"
    small.build(
        small.table(tmp_path, "run/0.mp4,a,train,,"),
        output,
        source="csv_file",
        video_root=str(classes),
    )
    before = small.files(output)
    with pytest.raises(errors.UserError, match="--replace"):
        small.build(classes, output)
    assert small.files(output) == before
    assert small.build(classes, output, replace=True)[0].labels == (
        "run",
        "walk",
    )


def test_where_every_clip_fails_nothing_is_replaced(classes, tmp_path):
    videos, output = tmp_path / "videos", tmp_path / "out"
    write_video(videos / "a.mp4", [numbered(1)] * 3)
    small.build(videos, output)
    before = small.files(output)
    (videos / "a.mp4").write_bytes(b"")
    with pytest.raises(errors.UserError, match="a.mp4: is an empty file"):
        small.build(videos, output)
    after = small.files(output)
    assert b",empty," in after.pop("report.failed.csv")
    assert after == before
    write_video(videos / "a.mp4", [numbered(1)] * 3)
    small.build(videos, output)
    assert set(small.files(output)) == set(before)


def test_an_output_among_the_videos_is_refused(classes):
    with pytest.raises(errors.UserError, match="folder of the videos"):
        small.build(classes, classes / "shards")
    assert not (classes / "shards").exists()


@pytest.mark.parametrize(
    "name", ["report.csv", "train-00000-of-00002.tfrecord"]
)
def test_files_of_others_are_not_overwritten(classes, tmp_path, name):
    (tmp_path / name).write_bytes(b"precious")
    with pytest.raises(errors.UserError, match=f"{name} but no manifest"):
        small.build(classes, tmp_path)
    assert (tmp_path / name).read_bytes() == b"precious"


def test_shards_of_another_schema_are_replaced_on_demand(classes, tmp_path):
    small.build(classes, tmp_path)
    path = tmp_path / "manifest.json"
    values = json.loads(path.read_text()) | {"schema_version": 0}
    path.write_text(json.dumps(values))
    with pytest.raises(errors.UserError, match="add --replace"):
        small.build(classes, tmp_path)
    small.build(classes, tmp_path, replace=True)


@pytest.mark.parametrize("name", ["file", "file/below", "n" * 300])
def test_an_output_that_cannot_be_is_told(classes, tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(errors.UserError, match="cannot write"):
        small.build(classes, tmp_path / name)


def test_shards_over_the_videos_are_refused(classes):
    with pytest.raises(errors.UserError, match="folder of the videos"):
        small.build(classes, classes)


LIMITED = """
import resource, signal, sys
from tfrecords_tools import build_shards
from tfrecords_tools.base import flags
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
flags.main(build_shards.COMMAND, build_shards.run)
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_leaves_what_stood(classes, tmp_path, workers):
    output = tmp_path / "out"
    small.build(classes, output)
    before = small.files(output)
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            LIMITED,
            f"--input={classes}",
            f"--output={output}",
            f"--workers={workers}",
        ],
        capture_output=True,
        text=True,
        cwd=small.ROOT,
    )
    assert result.returncode == 2
    assert "size limit" in result.stderr and str(output) in result.stderr
    assert "Traceback" not in result.stderr
    assert small.files(output) == before


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 200 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("cannot mount a small disk here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_leaves_what_stood(
    classes, plain_video, small_disk
):
    small.build(classes, small_disk)
    before = small.files(small_disk)
    with pytest.raises(errors.UserError, match="disk is full"):
        small.build(plain_video.parent, small_disk, replace=True)
    assert small.files(small_disk) == before
