"""What comes out of a whole video: frames, times, sizes, memory."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from launch.enhancement import enhanced_video, frame_tiles
from tests.launch import enhancers
from tests.tfrecords_tools.fixtures import exact_videos, numbered_videos
from tfrecords_tools.base import errors
from tfrecords_tools.media import pixel_video

MOST = 1 << 22
KINDS = [
    "ntsc",
    "one frame",
    "variable mp4",
    "variable mkv",
    "rotated 90",
    "rotated 180",
    "mirrored",
    "upside down",
    "transposed",
    "transposed other way",
    "edits delay",
    "edits cut",
    "edits repeat",
    "late mov",
    "late mp4",
    "starts at 10 s ts",
    "avi B-frames",
    "mpeg2 mpg",
    "hidden frames vp9",
]


def enhance(source, output, network=None, tiles=None, most=None, **settings):
    with pixel_video.PixelVideo(source, MOST) as video:
        return enhanced_video.write(
            network or enhancers.Nearest(),
            video,
            output,
            enhanced_video.Config(**settings),
            tiles or frame_tiles.Config(),
            max_frames=most,
        )


def frames(path):
    with pixel_video.PixelVideo(path, MOST) as video:
        return list(video.frames())


def numbers(path):
    return [numbered_videos.code_in(frame.pixels) for frame in frames(path)]


def coded_video(path, count=12, size=None, **settings):
    images = [numbered_videos.coded(number) for number in range(count)]
    if size:
        images = [
            cv2.resize(i, size[::-1], interpolation=cv2.INTER_NEAREST)
            for i in images
        ]
    return numbered_videos.write_video(path, images, **settings)


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_frames_come_at_the_right_times(tmp_path, kind):
    made = exact_videos.VIDEOS[kind](tmp_path)
    network = enhancers.Nearest(factor=2, frames=5, overlap=1)
    result = enhance(made.path, tmp_path / "out.mp4", network)
    found = frames(tmp_path / "out.mp4")
    codes = [numbered_videos.code_in(frame.pixels) for frame in found]
    assert codes == made.numbers and result.frames == len(codes)
    assert found[0].pixels.shape == (128, 192, 3)
    wanted = [float(1e6 * time) for time in made.times]
    tick = float(1e6 * made.tick)
    np.testing.assert_allclose([f.time for f in found], wanted, atol=tick)
    if made.end is not None:
        end = float(1e6 * made.end)
        assert found[-1].end_time == pytest.approx(end, abs=tick)


@pytest.mark.parametrize("kind", ["ntsc", "late mkv", "variable mp4"])
def test_matroska_rounds_times_to_milliseconds(tmp_path, kind):
    made = exact_videos.VIDEOS[kind](tmp_path)
    enhance(made.path, tmp_path / "out.mkv")
    found = frames(tmp_path / "out.mkv")
    wanted = [float(1e6 * time) for time in made.times]
    np.testing.assert_allclose([f.time for f in found], wanted, atol=1000)


def test_neighbours_are_mixed_as_in_the_whole_video(tmp_path):
    source = coded_video(tmp_path / "a.mp4")
    network = enhancers.Neighbours(frames=5, overlap=1)
    enhance(source, tmp_path / "out.mp4", network, crf=1)
    whole = np.stack([frame.pixels for frame in frames(source)])
    wanted = enhancers.Neighbours(frames=12)(whole[None])[0]
    found = np.stack([f.pixels for f in frames(tmp_path / "out.mp4")])
    assert np.abs(found.astype(int) - wanted).mean() < 2


def test_tiles_leave_no_trace(tmp_path):
    source = coded_video(tmp_path / "a.mp4", 3)
    tiles = frame_tiles.Config(size=24, margin=4)
    network = enhancers.Blurred(2)
    enhance(source, tmp_path / "tiled.mp4", network, tiles)
    enhance(source, tmp_path / "whole.mp4", network)
    tiled, whole = (tmp_path / f"{n}.mp4" for n in ("tiled", "whole"))
    assert tiled.read_bytes() == whole.read_bytes()


def test_side_by_side_has_the_input_on_the_left(tmp_path):
    source = coded_video(tmp_path / "a.mp4", 4)

    class Darker(enhancers.Nearest):
        def __call__(self, clips):
            return super().__call__(clips) // 2

    network = Darker(factor=2, frames=3, overlap=1)
    path = tmp_path / "out.mp4"
    result = enhance(source, path, network, side_by_side=True)
    assert (result.height, result.width) == (128, 2 * 192 + 2)
    for number, (_, _, pixels) in enumerate(frames(path)):
        left, line, right = np.split(pixels.astype(int), [192, 194], axis=1)
        assert numbered_videos.code_in(left) == number
        assert line.mean() > 200
        assert numbered_videos.code_in(2 * right.astype(float)) == number
        assert left.max() > 240 and right.max() < 140


def test_odd_sizes_are_padded_and_that_is_said(tmp_path):
    settings = {"codec": "mjpeg", "pix_fmt": "yuvj420p"}
    size = 63, 95
    source = coded_video(tmp_path / "a.mkv", 3, size, **settings)
    result = enhance(source, tmp_path / "out.mp4")
    assert (result.height, result.width) == (64, 96)
    assert any("95x63 padded" in remark for remark in result.remarks)
    assert numbers(tmp_path / "out.mp4") == [0, 1, 2]
    twice = enhance(source, tmp_path / "2.mp4", enhancers.Nearest(factor=2))
    assert (twice.height, twice.width) == (126, 190)


def test_ten_bits_become_eight_and_that_is_said(tmp_path):
    source = coded_video(
        tmp_path / "a.mp4",
        3,
        codec="libx265",
        pix_fmt="yuv420p10le",
        options={"x265-params": "log-level=none"},
    )
    result = enhance(source, tmp_path / "out.mp4")
    assert numbers(tmp_path / "out.mp4") == [0, 1, 2]
    assert "10 bit rounded to 8 bit" in result.remarks


def test_no_audio_is_said(tmp_path):
    source = coded_video(tmp_path / "a.mp4", 3)
    result = enhance(source, tmp_path / "out.mp4")
    assert "audio: none, as in the input" in result.remarks


def test_frames_are_decoded_when_they_are_wanted(tmp_path):
    source = coded_video(tmp_path / "a.mp4", 40)
    decoded, behind = [], []

    class Counted(pixel_video.PixelVideo):
        def frames(self):
            for frame in super().frames():
                decoded.append(frame.time)
                yield frame

    with Counted(source, MOST) as video:
        enhanced_video.write(
            enhancers.Nearest(frames=4, overlap=1),
            video,
            tmp_path / "out.mp4",
            on_progress=lambda count, seconds: behind.append(
                len(decoded) - count
            ),
        )
    assert len(decoded) == 40 and max(behind) <= 4


@pytest.fixture
def cut_video(tmp_path):
    """A Matroska of 60 frames of which a third is missing."""
    source = coded_video(tmp_path / "whole.mkv", 60, options={"g": "10"})
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(source.read_bytes()[: source.stat().st_size * 2 // 3])
    return cut


def test_a_video_that_breaks_off_leaves_nothing(tmp_path, cut_video):
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "out.mp4").write_bytes(b"before")
    wanted = r"cut.mkv: ends after .* of 2.00 s, after \d+ whole frames \(1.*"
    with pytest.raises(errors.UserError, match=wanted + "--allow_truncated"):
        enhance(cut_video, folder / "out.mp4")
    assert [path.read_bytes() for path in folder.iterdir()] == [b"before"]


def test_what_came_of_it_can_be_kept(tmp_path, cut_video):
    result = enhance(cut_video, tmp_path / "out.mp4", allow_truncated=True)
    found = numbers(tmp_path / "out.mp4")
    assert found == list(range(result.frames)) and 20 < len(found) < 50
    assert any("only those were written" in each for each in result.remarks)


def test_too_large_pictures_are_refused_before_any_work(tmp_path):
    source = coded_video(tmp_path / "a.mp4", 3)
    network = enhancers.Nearest(factor=100)
    with pytest.raises(errors.UserError, match="19202x6400.*side_by_side"):
        enhance(source, tmp_path / "out.mp4", network, side_by_side=True)
    assert not network.shapes and not (tmp_path / "out.mp4").exists()


HOUR = 3_600_000
TIMES = {
    "one for 7 hours": [0, 40, 7 * HOUR, 7 * HOUR + 40],
    "the first": [0, 30 * HOUR, 30 * HOUR + 40],
    "all": [0, 10 * HOUR, 20 * HOUR, 30 * HOUR, 40 * HOUR],
    "many short ones": [n * HOUR for n in range(30)],
}


@pytest.mark.parametrize("name", TIMES)
def test_frames_that_are_shown_for_hours_keep_their_times_in_mp4(
    tmp_path, name
):
    times = TIMES[name]
    source = numbered_videos.write_video(
        tmp_path / "v.mkv",
        [numbered_videos.coded(number) for number in range(len(times))],
        times,
        Fraction(1, 1000),
    )
    enhance(source, tmp_path / "out.mp4")
    found = frames(tmp_path / "out.mp4")
    wanted = [1000 * time for time in times]
    np.testing.assert_allclose([f.time for f in found], wanted, atol=500)
    assert numbers(tmp_path / "out.mp4") == list(range(len(times)))


def test_a_frame_that_is_shown_too_long_for_mp4_is_one_clear_error(tmp_path):
    output = tmp_path / "out.mp4"
    output.write_bytes(b"before")
    source = numbered_videos.write_video(
        tmp_path / "v.mkv",
        [numbered_videos.coded(number) for number in range(3)],
        [0, 40, 1000 * HOUR],
        Fraction(1, 1000),
    )
    with pytest.raises(errors.UserError, match="longer than mp4 can.*mkv"):
        enhance(source, output)
    assert output.read_bytes() == b"before"
    assert set(tmp_path.iterdir()) == {source, output}


def test_in_mkv_a_frame_may_be_shown_as_long_as_it_is(tmp_path):
    source = numbered_videos.write_video(
        tmp_path / "v.mkv",
        [numbered_videos.coded(number) for number in range(3)],
        [0, 40, 1000 * HOUR],
        Fraction(1, 1000),
    )
    enhance(source, tmp_path / "out.mkv")
    found = [frame.time for frame in frames(tmp_path / "out.mkv")]
    assert found == [0, 40_000, 3_600_000_000_000]
