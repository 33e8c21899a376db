"""Whatever runs the work, the bytes are the same, and bad files do no harm."""

import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import hostile, small
from tests.tfrecords_tools.fixtures.numbered_videos import write_video
from tfrecords_tools.base import isolated
from tfrecords_tools.building import build_plan, data_set, shard_writer


@pytest.mark.parametrize("workers", [2, 4])
def test_more_workers_write_the_same_bytes(classes, built, tmp_path, workers):
    small.build(classes, tmp_path, workers=workers)
    assert small.files(tmp_path) == small.files(built[0])


@pytest.mark.slow
def test_beam_writes_the_same_bytes(classes, built, tmp_path):
    pytest.importorskip("apache_beam")
    small.build(classes, tmp_path, engine="beam")
    assert small.files(tmp_path) == small.files(built[0])


def test_ctrl_c_stops_the_build_and_the_next_goes_on(
    classes, built, tmp_path, request
):
    def interrupting(clips_done):
        if clips_done >= 2:
            signal.raise_signal(signal.SIGINT)

    # Where tests run in the background, Ctrl-C is ignored from the start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    prepared = build_plan.prepare(small.request(classes, tmp_path))
    with pytest.raises(KeyboardInterrupt):
        data_set.build(prepared, 2, interrupting)
    assert not list(tmp_path.glob("train*"))
    small.build(classes, tmp_path, workers=2)
    assert small.files(tmp_path) == small.files(built[0])


def test_files_that_harm_their_decoder_are_reported_and_the_rest_is_done(
    classes, tmp_path, monkeypatch
):
    videos = tmp_path / "videos"
    videos.mkdir()
    for name in ("crash", "spin", "sleep", "bloat", "well", "fine"):
        shutil.copy(classes / "run/0.mp4", videos / f"{name}.mp4")
    monkeypatch.setattr(
        shard_writer,
        "process",
        lambda job: isolated.Process(job.limits, hostile.generate_chunks, job),
    )
    limits = isolated.Config(cpu_seconds=2, memory_mb=1000, stall_seconds=3)
    output = tmp_path / "out"
    made, rows = small.build(videos, output, workers=2, limits=limits)
    assert {
        row["path"].removesuffix(".mp4"): row["status"] for row in rows
    } == {
        "crash": "crashed",
        "spin": "too_slow",
        "sleep": "too_slow",
        "bloat": "too_large",
        "well": "ok",
        "fine": "ok",
    }
    assert len(small.records(output)) == 2 and small.check(output) == 0


def test_a_small_file_with_huge_frames_is_refused(classes, tmp_path):
    videos = tmp_path / "videos"
    shutil.copytree(classes / "run", videos)
    huge = np.zeros((4400, 8200, 3), np.uint8)
    path = write_video(
        videos / "bomb.mkv", [huge], codec="ffv1", pix_fmt="yuv420p"
    )
    assert path.stat().st_size < 1_000_000
    _, rows = small.build(videos, tmp_path / "out")
    assert [row["status"] for row in rows if "bomb" in row["path"]] == [
        "too_large"
    ]
    assert sum(row["status"] == "ok" for row in rows) == 5


def modules():
    """Runs in a decoding process."""
    yield "tensorflow" in sys.modules


def test_a_decoding_process_holds_no_tensorflow():
    import tensorflow  # noqa: F401

    with isolated.Process(isolated.Config(), modules) as process:
        assert list(process.run()) == [False]


@pytest.mark.slow
def test_a_full_disk_on_beam_is_told_in_one_line(classes, tmp_path):
    pytest.importorskip("apache_beam")
    program = (
        "import resource, signal, sys\n"
        "from tfrecords_tools import build_shards\n"
        "from tfrecords_tools.base import flags\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        "flags.main(build_shards.COMMAND, build_shards.run)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--engine=beam",
         f"--input={classes}", f"--output={tmp_path / 'out'}"],
        capture_output=True, text=True, cwd=small.ROOT,
    )  # fmt: skip
    assert done.returncode == 2
    assert "size limit" in done.stderr.splitlines()[-1], done.stderr
