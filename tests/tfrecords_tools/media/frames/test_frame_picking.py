import numpy as np
import pytest
import simplejpeg

from tests.tfrecords_tools.fixtures.numbered_videos import (
    number_in,
    numbered,
    write_video,
)
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader
from tfrecords_tools.media.frames import frame_edits, frame_picking

COUNT = 40


def read(path, start=None, end=None, edits=frame_edits.NONE, **settings):
    config = reader.Config(**settings)
    return list(reader.read_frames(path, config, start, end, edits))


def numbers(frames):
    return [number_in(simplejpeg.decode_jpeg(f.data)) for f in frames]


@pytest.fixture(scope="module")
def jumping(tmp_path_factory):
    """30 frames a second of gray; 10, 17 and 31 begin something else."""
    levels = np.zeros(COUNT, int)
    levels[10:], levels[17:], levels[31:] = 60, 200, 90
    shades = [np.full((96, 160, 3), level, np.uint8) for level in levels]
    path = tmp_path_factory.mktemp("jumps") / "v.mp4"
    return write_video(path, shades)


@pytest.fixture(scope="module")
def keyed(tmp_path_factory):
    """2 s at 30 frames a second, a key frame every 12 and no other."""
    path = tmp_path_factory.mktemp("keys") / "v.mp4"
    options = {"g": "12", "bf": "2", "sc_threshold": "0"}
    return write_video(path, [numbered(n) for n in range(60)], options=options)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "ts", "mpg"])
def test_key_frames_are_those_of_the_container(tmp_path, suffix):
    codec = {"avi": "mpeg4", "mpg": "mpeg2video"}.get(suffix, "libx264")
    path = write_video(
        tmp_path / f"v.{suffix}",
        [numbered(n) for n in range(COUNT)],
        codec=codec,
        options={"g": "12", "bf": "2", "sc_threshold": "0"}
        if codec == "libx264"
        else {"g": "12", "sc_threshold": "1000000000", "qmin": "1", "b": "4M"},
    )
    assert numbers(read(path, pick="key")) == [0, 12, 24, 36]


def test_a_key_frame_is_shown_until_the_next(keyed):
    frames = read(keyed, pick="key")
    assert [f.time for f in frames] == [n * 400_000 for n in range(5)]
    ends = [f.end_time for f in frames]
    assert ends == [*(f.time for f in frames[1:]), 2_000_000]


def test_key_frames_of_a_span(keyed):
    frames = read(keyed, 0.3, 0.9, pick="key")
    assert numbers(frames) == [12, 24]
    assert frames[-1].end_time == 900_000


def test_key_frames_after_a_seek(keyed):
    assert numbers(read(keyed, 1.1, 1.7, pick="key")) == [36, 48]


def test_a_span_between_key_frames_holds_none(keyed):
    with pytest.raises(reader.VideoError) as caught:
        read(keyed, 0.5, 0.7, pick="key")
    assert caught.value.status == "no_frames_in_span"


def test_key_frames_of_a_cut_file_are_truncated(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (40, 96, 160, 3))
    whole = write_video(
        tmp_path / "whole.mp4", list(noise.astype(np.uint8)),
        options={"g": "10", "sc_threshold": "0"},
        container_options={"movflags": "faststart"},
    )  # fmt: skip
    half = tmp_path / "half.mp4"
    content = whole.read_bytes()
    half.write_bytes(content[: len(content) // 2])
    assert len(read(whole, pick="key")) == 4
    with pytest.raises(reader.VideoError) as caught:
        read(half, pick="key")
    assert caught.value.status == "truncated"


def test_the_most_different_frames_begin_something_else(jumping):
    frames = read(jumping, pick="different", picked=4)
    assert [round(f.time * 30 / 1e6) for f in frames] == [0, 10, 17, 31]


def test_the_largest_changes_come_first_into_the_choice(jumping):
    frames = read(jumping, pick="different", picked=3)
    assert [round(f.time * 30 / 1e6) for f in frames] == [0, 17, 31]


def test_different_frames_are_shown_until_the_next(jumping):
    frames = read(jumping, pick="different", picked=4)
    assert [f.end_time for f in frames[:-1]] == [f.time for f in frames[1:]]
    assert frames[-1].end_time == pytest.approx(COUNT / 30 * 1e6, abs=1)


def test_one_different_frame_is_the_first(jumping):
    assert [f.time for f in read(jumping, pick="different", picked=1)] == [0]


def test_different_frames_of_a_span(jumping):
    frames = read(jumping, 0.5, 1.2, pick="different", picked=3)
    assert [round(f.time * 30 / 1e6) for f in frames] == [15, 17, 31]
    assert frames[-1].end_time == pytest.approx(1.2e6, abs=34_000)


def test_a_short_span_gives_all_of_its_frames(jumping):
    assert len(read(jumping, 0, 0.2, pick="different", picked=50)) == 6


def test_of_equal_changes_the_earlier_counts(tmp_path):
    # Lossless, so that 100 to 200 and back are the same change.
    levels = [100, 200, 100, 200, 100, 200]
    shades = [np.full((32, 32, 3), level, np.uint8) for level in levels]
    path = write_video(
        tmp_path / "v.mkv", shades, codec="ffv1", pix_fmt="yuv444p"
    )
    times = frame_picking.most_different(path, 10**6, 3)
    assert [round(time * 30 / 1e6) for time in times] == [0, 1, 2]


def test_no_frame_of_what_is_left_out_is_picked(jumping):
    edits = frame_edits.FrameEdits(left_out=((500_000, 1_000_000),))
    times = frame_picking.most_different(
        jumping, 10**6, 3, left_out=edits.left_out
    )
    assert not [time for time in times if 500_000 <= time < 1_000_000]


@pytest.mark.parametrize("pick", ["key", "different"])
def test_picking_and_a_rate_exclude_each_other(pick):
    with pytest.raises(errors.UserError, match="remove one of the two"):
        reader.Config(pick=pick, frame_rate=5.0)


def test_picking_is_the_same_each_time(jumping):
    one = read(jumping, pick="different", picked=5)
    assert one == read(jumping, pick="different", picked=5)
