"""A killed build goes on where it stopped, to the same bytes."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.tfrecords_tools.fixtures import small
from tfrecords_tools import output_folder
from tfrecords_tools.base import atomic_write, errors, isolated
from tfrecords_tools.building import shard_journal, shard_writer
from tfrecords_tools.video_analysis import survey_run, video_survey

KILLS = int(os.environ.get("KILLS", "3"))


def started(input, output, workers=2):
    return subprocess.Popen(
        [sys.executable, "-m", "tfrecords_tools.build_shards",
         f"--input={input}", f"--output={output}", f"--workers={workers}",
         "--shards.minimum=6", "--shards.chunk_frames=4"],
        cwd=small.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed(classes, tmp_path_factory):
    """The files of a build that nothing disturbed, and its seconds."""
    output = tmp_path_factory.mktemp("undisturbed") / "out"
    began = time.monotonic()
    assert started(classes, output).wait() == 0
    return small.files(output), time.monotonic() - began


def faults_under_final_names(output, wanted):
    """Files that a reader would find and that are not what they shall be."""
    if not output.exists():
        return []
    return [
        path.name
        for path in output.iterdir()
        if not path.name.startswith(".")
        and wanted.get(path.name) != path.read_bytes()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_build_ends_with_the_bytes_of_an_undisturbed_one(
    classes, undisturbed, tmp_path, kill
):
    wanted, seconds = undisturbed
    output = tmp_path / "out"
    build = started(classes, output)
    until = time.monotonic() + random.Random(kill).uniform(0.1, 1) * seconds
    while time.monotonic() < until and build.poll() is None:
        assert not faults_under_final_names(output, wanted)
        time.sleep(0.01)
    build.send_signal(signal.SIGKILL)
    build.communicate()
    assert not faults_under_final_names(output, wanted)
    again = started(classes, output)
    assert again.wait() == 0, again.stderr.read()
    assert small.files(output) == wanted


@pytest.fixture
def stopped_after_two(monkeypatch):
    """The names of the shards written; after two of them comes Ctrl-C."""
    names = []
    write = shard_journal.write

    def noted(job, planned, *rest):
        write(job, planned, *rest)
        names.append(planned.name)
        if len(names) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(shard_journal, "write", noted)
    return names


def test_finished_shards_are_not_made_again(
    classes, built, tmp_path, stopped_after_two
):
    with pytest.raises(KeyboardInterrupt):
        small.build(classes, tmp_path)
    small.build(classes, tmp_path)
    assert len(set(stopped_after_two)) == len(stopped_after_two) > 2
    assert small.files(tmp_path) == small.files(built[0])


def test_a_shard_whose_video_changed_meanwhile_is_made_again(
    classes, tmp_path, stopped_after_two
):
    videos = tmp_path / "videos"
    shutil.copytree(classes, videos)
    with pytest.raises(KeyboardInterrupt):
        small.build(videos, tmp_path / "out")
    for path in videos.glob("*/*.mp4"):
        os.utime(path, (1, 1))
    small.build(videos, tmp_path / "out")
    first = stopped_after_two[:2]
    assert sorted(stopped_after_two[2:4]) == sorted(first)


def test_leftovers_of_another_build_are_removed(classes, tmp_path):
    partial = tmp_path / "out" / atomic_write.TEMPORARY
    partial.mkdir(parents=True)
    (partial / "train-00000-of-00099.tfrecord").write_bytes(b"old")
    (partial / "train-00001-of-00099.tfrecord.partial").write_bytes(b"half")
    with output_folder.claimed(tmp_path / "out"):
        small.build(classes, tmp_path / "out")
    names = [path.name for path in (tmp_path / "out").iterdir()]
    assert not [name for name in names if "99" in name or name[0] == "."]


def test_a_video_that_changes_while_it_is_read_stops_the_build(
    classes, tmp_path, monkeypatch
):
    videos = tmp_path / "videos"
    shutil.copytree(classes, videos)
    of_clip = shard_writer._write_clip

    def touched(maker, shard, number, clip):
        os.utime(videos / clip.path, (1, 1))
        return of_clip(maker, shard, number, clip)

    monkeypatch.setattr(shard_writer, "_write_clip", touched)
    with pytest.raises(errors.UserError, match="changed while it was read"):
        small.build(videos, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.tfrecord"))


def test_a_failed_survey_is_not_kept(classes, tmp_path):
    def survey(memory_mb):
        found = survey_run.survey_all(
            {"run/0.mp4": classes / "run/0.mp4"},
            video_survey.Needs(copies=True),
            10**6,
            isolated.Config(memory_mb=memory_mb),
            1,
            tmp_path,
        )
        return found["run/0.mp4"].status

    assert survey(64) in ("too_large", "crashed")
    assert survey(2000) == "ok"
