import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import numbered_videos
from tfrecords_tools.base import errors
from tfrecords_tools.media import pixel_video
from tfrecords_tools.media.writing import h264_stream, video_writer, writer

PLAIN = h264_stream.StreamFormat()


def write(path, count=3, size=(64, 96), format=PLAIN, times=None):
    times = times or [100_000 * n for n in range(count + 1)]
    with video_writer.writing(path, *size, format) as writer:
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
    format = h264_stream.StreamFormat(
        aspect=Fraction(128, 117), primaries=9, transfer=16
    )
    with pixel_video.PixelVideo(
        write(tmp_path / "v.mp4", format=format), 1 << 20
    ) as video:
        assert video.aspect == Fraction(128, 117)
        assert (video.primaries, video.transfer) == (9, 16)
        pixels = next(video.frames()).pixels
    assert numbered_videos.code_in(pixels) == 0


def test_odd_sides_get_their_last_row_and_column_twice(tmp_path):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 255, (33, 47, 1)).astype(np.uint8)
    pixels = pixels.repeat(3, -1)
    format = h264_stream.StreamFormat(crf=1)
    with video_writer.writing(tmp_path / "v.mkv", 33, 47, format) as writer:
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


HOUR = 3_600_000_000


@pytest.mark.parametrize("hours", [2, 7, 30, 140])
@pytest.mark.parametrize("tick", [Fraction(1, 1_000_000), Fraction(1, 90_000)])
def test_mp4_has_a_coarser_clock_for_frames_that_are_shown_long(
    tmp_path, hours, tick
):
    long = hours * HOUR
    times = [0, 40_000, long, 2 * long, 2 * long + 40_000, 3 * long]
    format = h264_stream.StreamFormat(time_base=tick, longest=hours * 3600)
    path = write(tmp_path / "v.mp4", 5, format=format, times=times)
    frames = read(path)
    codes = [numbered_videos.code_in(frame.pixels) for frame in frames]
    assert codes == [0, 1, 2, 3, 4]
    found = [frame.time for frame in frames] + [frames[-1].end_time]
    np.testing.assert_allclose(found, times, atol=500)


@pytest.mark.parametrize("seconds", [0, 1, 3600])
def test_the_clock_stays_as_fine_as_the_sources_where_that_fits(
    tmp_path, seconds
):
    format = h264_stream.StreamFormat(
        time_base=Fraction(1, 60_000), longest=seconds
    )
    with av.open(str(write(tmp_path / "v.mp4", format=format))) as file:
        assert file.streams.video[0].time_base == Fraction(1, 60_000)


@pytest.mark.parametrize(
    "times",
    [
        [0, 7 * HOUR, 7 * HOUR + 40_000],
        [0, 40_000, 7 * HOUR],
        [0, 1000 * HOUR, 1001 * HOUR],
        # The time of decoding would lie three of them before.
        [0, 6 * HOUR, 12 * HOUR, 18 * HOUR, 24 * HOUR],
    ],
)
def test_frames_too_long_for_mp4_are_one_clear_error(tmp_path, times):
    path = tmp_path / "v.mp4"
    path.write_bytes(b"before")
    with pytest.raises(errors.UserError, match="longer than mp4 can.*mkv"):
        write(path, len(times) - 1, times=times)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize(
    "count, size, said",
    [(1, (64, 20_000), "another size"), (0, (64, 96), "no frame")],
)
def test_what_the_encoder_refuses_is_one_clear_error(
    tmp_path, ending, count, size, said
):
    path = tmp_path / f"v.{ending}"
    path.write_bytes(b"before")
    with pytest.raises(errors.UserError, match=said):
        write(path, count, size)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["v.avi", "v", "v.mp4.txt"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(errors.UserError, match="wanted one of .mp4"):
        write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_frames_of_another_size_are_an_error_of_the_user(tmp_path):
    with pytest.raises(errors.UserError, match="give all frames"):
        with video_writer.writing(tmp_path / "v.mp4", 64, 96, PLAIN) as writer:
            writer.write(np.zeros((64, 95, 3), np.uint8), 0, 1)


@pytest.mark.parametrize("made", [errors.UserError("ours"), KeyError("x")])
def test_an_error_within_is_left_alone(tmp_path, made):
    with pytest.raises(type(made)) as caught:
        with video_writer.writing(tmp_path / "v.mp4", 64, 96, PLAIN):
            raise made
    assert caught.value is made


FULL = """
import resource, signal, sys
import numpy as np
from tests.tfrecords_tools.media.writing import test_video_writer
from tfrecords_tools.base import errors
from tfrecords_tools.media.writing import writer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
pixels = np.random.default_rng(0).integers(0, 255, (40, 64, 96, 3), np.uint8)
try:
    if sys.argv[3] == "whole":
        writer.write_mp4(sys.argv[1], pixels, 10)
    else:
        test_video_writer.write(sys.argv[1], 40)
except errors.UserError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "ending, way",
    [("mp4", "whole"), ("mp4", "piecewise"), ("mkv", "piecewise")],
)
@pytest.mark.parametrize("limit", [5, 1000])
def test_a_full_disk_is_one_clear_error(tmp_path, ending, way, limit):
    path = tmp_path / f"v.{ending}"
    path.write_bytes(b"bef")
    words = [sys.executable, "-c", FULL, path, str(limit), way]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert f"cannot write {path}: the file would pass the size" in done.stdout
    assert path.read_bytes() == b"bef"
    assert list(tmp_path.iterdir()) == [path]
