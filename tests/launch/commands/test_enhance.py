"""The command: what it says, and what it refuses."""

import os
import pathlib

import av
import pytest

from launch.commands import enhance
from launch.enhancement import enhancer
from tests.launch import enhancers
from tests.tfrecords_tools.fixtures import numbered_videos, sounding_videos
from tfrecords_tools.base import errors, flags


@pytest.fixture
def network(monkeypatch):
    """What loading any model gives."""
    made = enhancers.Nearest(factor=2, frames=5, overlap=1)
    monkeypatch.setattr(enhancer, "load", lambda path: made)
    return made


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    folder = tmp_path_factory.mktemp("video")
    return sounding_videos.write(folder / "in.mkv", "aac", languages=("eng",))


def asked(video, output, *more):
    given = ["--model=EXPORT", f"--video={video}", f"--output={output}"]
    enhance.main(flags.complete(enhance.COMMAND, [*given, *more]))


def test_a_video_comes_out_larger_with_its_audio(
    network, video, tmp_path, capsys
):
    path = tmp_path / "new" / "out.mp4"
    asked(video, path)
    with av.open(str(path)) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (
            64,
            64,
        )
        assert file.streams.audio[0].language == "eng"
        assert len(list(file.decode(video=0))) == 40
    first, *_, audio, last = capsys.readouterr().out.splitlines()
    assert first == f"{video}: mpeg4, 32x32, 10 fps"
    assert audio == "audio: eng aac copied"
    assert last.startswith(f"{path}: 64x64, 40 frames, 0:04.0 long, ")


def test_progress_says_frames_speed_and_time_left(
    network, video, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(enhance, "_EVERY_SECONDS", 0)
    asked(video, tmp_path / "out.mp4")
    lines = [
        line
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("frame ")
    ]
    assert len(lines) == 13  # Pieces of 5 that keep 4, 3, 3, ...
    assert lines[4].startswith("frame 16  0:01 of 0:04  ")
    assert "frames/s" in lines[4] and lines[4].endswith(" left")


def test_subtitles_are_said_to_be_left_out(network, tmp_path, capsys):
    path = tmp_path / "in.mkv"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        file.add_mux_stream("subrip")
        picture = av.VideoFrame(32, 32, "yuv420p")
        file.mux(stream.encode(picture))
        file.mux(stream.encode(None))
    asked(path, tmp_path / "out.mp4")
    assert "left out: 1 subtitle track" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["model", "video", "output"])
def test_every_flag_is_wanted(missing, video, tmp_path):
    given = {"model": "M", "video": video, "output": tmp_path / "o.mp4"}
    words = [f"--{k}={v}" for k, v in given.items() if k != missing]
    with pytest.raises(errors.UserError, match=f"--{missing} is not set"):
        enhance.main(flags.complete(enhance.COMMAND, words))


def refused(video, output, match):
    """The output is refused; nothing is loaded or touched."""
    with pytest.raises(errors.UserError, match=match):
        asked(video, output)


@pytest.mark.parametrize("name", ["out.webm", "out", "out.mp4.txt"])
def test_an_unknown_ending_is_refused(video, tmp_path, name):
    refused(video, tmp_path / name, "wanted one of .mp4, .m4v, .mkv")


def test_a_folder_is_refused(video, tmp_path):
    refused(video, tmp_path, "is a folder: wanted the name of a file")


def test_the_input_is_never_replaced(video, tmp_path):
    before = video.read_bytes()
    other = tmp_path / "other.mkv"
    other.symlink_to(video)
    for output in (video, other, video.parent / "." / video.name):
        refused(video, output, "would replace the input video")
    partial = tmp_path / "out.mp4.partial"
    partial.write_bytes(before)
    refused(partial, tmp_path / "out.mp4", "would replace the input video")
    assert video.read_bytes() == partial.read_bytes() == before


def test_a_file_instead_of_a_folder_is_refused(video):
    refused(video, video / "deep" / "out.mp4", "is a file, not a folder")


def test_a_forbidden_folder_is_refused(video, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *given: False)
    refused(video, tmp_path / "a" / "b.mp4", "is not writable")
    assert not (tmp_path / "a").exists()


BROKEN = {
    "missing": (None, "no such file"),
    "empty": (b"", "is an empty file"),
    "text": (b"hello" * 100, "is not a video"),
    "cut": (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "is cut"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_video_is_named_and_nothing_written(kind, tmp_path):
    data, match = BROKEN[kind]
    path = tmp_path / f"{kind}.mp4"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(errors.UserError, match=f"{kind}.mp4: .*{match}"):
        asked(path, tmp_path / "made" / "out.mp4")
    assert not (tmp_path / "made").exists()


def test_audio_alone_is_no_video(tmp_path):
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as file:
        file.add_stream("pcm_s16le", rate=8000, layout="mono")
        file.start_encoding()
    with pytest.raises(errors.UserError, match="a.wav: has no video stream"):
        asked(path, tmp_path / "out.mp4")


def test_frames_that_are_too_large_are_refused(tmp_path):
    images = [numbered_videos.coded(0)]
    video = numbered_videos.write_video(tmp_path / "in.mp4", images)
    with pytest.raises(errors.UserError, match="raise --media.max_pixels"):
        asked(video, tmp_path / "out.mp4", "--media.max_pixels=256")


def test_a_full_disk_is_one_clear_error(network, tmp_path):
    source = numbered_videos.write_video(
        tmp_path / "in.mp4",
        [numbered_videos.coded(number) for number in range(30)],
    )
    full = pathlib.Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    (tmp_path / "out.mp4.partial").symlink_to(full)
    with pytest.raises(errors.UserError, match="the disk is full"):
        asked(source, tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()
