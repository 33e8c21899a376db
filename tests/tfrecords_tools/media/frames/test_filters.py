from fractions import Fraction

import av
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures.numbered_videos import numbered, write_video
from tfrecords_tools.base import errors
from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import filters, timed_frames

ONE_FOR_ONE = (
    "nlmeans=s=3:p=3:r=3",
    "atadenoise",
    "bwdif=mode=send_frame:deint=all",
    "yadif=mode=send_frame:deint=all",
    "crop=w=iw*1/2:h=ih*1/2",
    "idet",
)


def frames(count, height=64, width=96, kind="yuv420p", begin=0):
    """Frames at uneven times whose luma is their number."""
    made = []
    for number in range(begin, begin + count):
        gray = np.full((height, width), 16 + number, np.uint8)
        image = av.VideoFrame.from_ndarray(gray, "gray").reformat(format=kind)
        image.time_base = Fraction(1, 1000)
        image.pts = number * number + number
        time = 1000 * image.pts
        made.append(timed_frames.TimedFrame(time, time + 2000, image))
    return made


def decoded(path, names, start=0):
    with video_file.VideoFile(path, 10**6) as video:
        found = filters.apply(timed_frames.decode(video, start), names, start)
        return list(found)


@pytest.mark.parametrize("name", ONE_FOR_ONE)
@pytest.mark.parametrize("count", [1, 2, 9, 20])
def test_one_frame_comes_out_for_one_at_its_time(name, count):
    given = frames(count)
    found = list(filters.apply(iter(given), [name]))
    assert [f[:2] for f in found] == [f[:2] for f in given]


def levels(found):
    return [int(f.frame.to_ndarray(format="gray").mean()) for f in found]


def test_frames_keep_their_order():
    given = frames(20)
    names = ["atadenoise=0a=0.001:0b=0.001", "bwdif=mode=send_frame:deint=all"]
    found = list(filters.apply(iter(given), names))
    assert levels(found) == levels(given) == sorted(levels(given))


def test_without_filters_frames_pass_as_they_are():
    given = iter(frames(3))
    assert filters.apply(given, ()) is given


@pytest.mark.parametrize("name", ONE_FOR_ONE)
def test_another_size_and_format_within_the_video(name):
    given = [
        *frames(7),
        *frames(7, 32, 48, begin=7),
        *frames(7, 32, 48, "yuv444p", begin=14),
    ]
    found = list(filters.apply(iter(given), [name]))
    assert [f.time for f in found] == [f.time for f in given]
    part = 2 if name.startswith("crop") else 1
    widths = [f.frame.width for f in found]
    assert widths == [96 // part] * 7 + [48 // part] * 14
    assert found[-1].frame.format.name == "yuv444p"


@pytest.mark.parametrize("name", ONE_FOR_ONE)
@pytest.mark.parametrize("kind", ["yuv420p", "yuvj420p", "yuv420p10le"])
def test_rotation_and_color_tags_stay(tmp_path, name, kind):
    tags = {"colorspace": 1, "color_range": 2 if "j" in kind else 1}
    images = [numbered(n) for n in range(3)]
    path = write_video(
        tmp_path / "v.mp4", images, rotation=90, tags=tags, pix_fmt=kind
    )
    plain, found = decoded(path, ()), decoded(path, [name])
    for before, after in zip(plain, found, strict=True):
        for tag in ("rotation", "colorspace", "color_range"):
            wanted = getattr(before.frame, tag)
            assert getattr(after.frame, tag) == wanted, tag


@pytest.mark.parametrize("name", ONE_FOR_ONE)
def test_damage_stays_with_its_frame(tmp_path, plain_video, name):
    data = bytearray(plain_video.read_bytes())
    for place in range(len(data) // 4, len(data) // 2, 999):
        data[place] ^= 0x55
    path = tmp_path / "v.mp4"
    path.write_bytes(data)
    plain, found = decoded(path, ()), decoded(path, [name])
    damaged = [f.frame.is_corrupt for f in plain]
    assert any(damaged) and not all(damaged)
    assert [f.frame.is_corrupt for f in found] == damaged


def test_frames_long_before_the_span_are_not_filtered():
    found = list(filters.apply(iter(frames(50)), ["atadenoise"], 1_600_000))
    least = 1_600_000 - filters.WARM_UP
    assert [f.time for f in found] == [
        f.time for f in frames(50) if f.end_time > least
    ]


def test_frames_before_a_fault_come_out():
    def broken():
        yield from frames(10)
        raise video_file.VideoError("v.mp4", "unreadable", "is broken")

    found = []
    with pytest.raises(video_file.VideoError):
        for frame in filters.apply(broken(), ["atadenoise"]):
            found.append(frame.time)
    assert found == [frame.time for frame in frames(10)]


def test_unknown_filter_is_named():
    with pytest.raises(errors.UserError, match="no filter 'sharpest'"):
        list(filters.apply(iter(frames(1)), ["sharpest=3"]))


def test_missing_filter_is_told_with_the_remedy():
    with pytest.raises(errors.UserError, match="take another"):
        filters.require("sharpest", "take another")


def test_wrong_options_are_refused():
    with pytest.raises(errors.UserError, match="crop=w=7000.*96x64, yuv420p"):
        list(filters.apply(iter(frames(1)), ["crop=w=7000"]))


def test_filter_that_makes_more_frames_is_refused():
    with pytest.raises(errors.UserError, match="more frames"):
        list(filters.apply(iter(frames(9)), ["bwdif=mode=send_field"]))
