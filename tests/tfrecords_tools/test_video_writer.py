from fractions import Fraction

import av
import numpy as np
import pytest

from tests.tfrecords_tools import numbered_videos
from tfrecords_tools.base import errors
from tfrecords_tools.media import (
    h264_pictures,
    pixel_video,
    video_writer,
    writer,
)

PLAIN = h264_pictures.Look()


def write(path, count=3, size=(64, 96), look=PLAIN, times=None):
    times = times or [100_000 * n for n in range(count + 1)]
    with video_writer.writing(path, *size, look) as writer:
        for number in range(count):
            pixels = np.full((*size, 3), 128, np.uint8)
            pixels[:64, :96] = numbered_videos.coded(number)
            writer.write(pixels, times[number], times[number + 1])
    return path


def read(path):
    with pixel_video.PixelVideo(path, 1 << 22) as video:
        return list(video.frames())


@pytest.mark.parametrize("ending, tick", [("mp4", 12), ("mkv", 500)])
def test_frames_keep_times_that_nobody_could_guess(tmp_path, ending, tick):
    times = [0, 1_234, 40_000, 1_000_333, 1_000_999, 2_500_000]
    frames = read(write(tmp_path / f"v.{ending}", 5, times=times))
    found = [frame.time for frame in frames]
    np.testing.assert_allclose(found, times[:-1], atol=tick)
    codes = [numbered_videos.code_in(frame.pixels) for frame in frames]
    assert codes == [0, 1, 2, 3, 4]


def test_the_last_frame_keeps_its_length(tmp_path):
    path = write(tmp_path / "v.mp4", times=[0, 40_000, 80_000, 3_000_000])
    assert read(path)[-1].end_time == pytest.approx(3_000_000, abs=12)


@pytest.mark.parametrize("size, color", [((64, 96), 6), ((720, 1280), 1)])
def test_colours_are_tagged_as_players_guess_them(tmp_path, size, color):
    with av.open(str(write(tmp_path / "v.mp4", 1, size))) as file:
        (frame,) = file.decode(video=0)
    assert (frame.colorspace, frame.color_range) == (color, 1)
    assert (frame.color_primaries, frame.color_trc) == (1, 1)


def test_pixel_aspect_primaries_and_transfer_are_passed_on(tmp_path):
    look = h264_pictures.Look(
        aspect=Fraction(128, 117), primaries=9, transfer=16
    )
    with pixel_video.PixelVideo(
        write(tmp_path / "v.mp4", look=look), 1 << 20
    ) as video:
        assert video.aspect == Fraction(128, 117)
        assert (video.primaries, video.transfer) == (9, 16)
        pixels = next(video.frames()).pixels
    assert numbered_videos.code_in(pixels) == 0


def test_odd_sides_get_their_last_row_and_column_twice(tmp_path):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 255, (33, 47, 1)).astype(np.uint8)
    pixels = pixels.repeat(3, -1)
    look = h264_pictures.Look(crf=1)
    with video_writer.writing(tmp_path / "v.mkv", 33, 47, look) as writer:
        writer.write(pixels, 0, 1)
    wanted = np.pad(pixels, ((0, 1), (0, 1), (0, 0)), "edge")
    (frame,) = read(tmp_path / "v.mkv")
    np.testing.assert_allclose(frame.pixels, wanted, atol=6)


def test_nothing_takes_the_name_before_the_end(tmp_path):
    path = tmp_path / "v.mp4"
    path.write_bytes(b"before")
    with pytest.raises(KeyError):
        with video_writer.writing(path, 64, 96, PLAIN) as writer:
            for number in range(100):
                pixels = numbered_videos.coded(number)
                writer.write(pixels, 1000 * number, 1000 * number + 1000)
            assert path.read_bytes() == b"before"
            raise KeyError
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.UserError, match="cannot write"):
        write(tmp_path / "file" / "v.mp4")


def test_frames_of_another_size_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"wanted uint8 \[64, 96, 3\]"):
        with video_writer.writing(tmp_path / "v.mp4", 64, 96, PLAIN) as writer:
            writer.write(np.zeros((64, 95, 3), np.uint8), 0, 1)


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize("name", ["a:b[1]", "http:x", "file:x", "-%03d*?\\"])
def test_names_are_no_addresses_nor_patterns(
    tmp_path, monkeypatch, name, ending
):
    monkeypatch.chdir(tmp_path)  # Only a relative path begins with its name.
    assert len(read(write(f"{name}.{ending}"))) == 3


def test_demo_videos_may_have_any_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    writer.write_mp4("a:b[1].mp4", np.zeros((3, 64, 96, 3), np.uint8), 25)
    assert len(read("a:b[1].mp4")) == 3
