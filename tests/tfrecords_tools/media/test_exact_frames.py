"""Every frame that is read is the one that was asked for.

Each video carries its frames' numbers in the image. What is expected is
computed from the times that the frames were written with.
"""

import bisect
import functools
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest
import simplejpeg

from tests.tfrecords_tools.fixtures import exact_videos, numbered_videos
from tfrecords_tools.media import reader

MICROSECOND = Fraction(1, 1_000_000)
VIDEOS = exact_videos.VIDEOS


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    @functools.cache
    def make(name: str) -> exact_videos.Made:
        folder = tmp_path_factory.mktemp("exact") / name.replace(" ", "_")
        folder.mkdir()
        return VIDEOS[name](folder)

    return make


@pytest.fixture(params=VIDEOS)
def video(request, made):
    return made(request.param)


def read(video, start=None, end=None, **settings):
    config = reader.Config(**settings)
    return list(reader.read_frames(video.path, config, start, end))


def numbers(frames):
    images = (simplejpeg.decode_jpeg(f.data, "GRAY") for f in frames)
    return [numbered_videos.code_in(image) for image in images]


def spans(video) -> list[tuple[float, float]]:
    """Pairs of moments, half of them between frames, half on a frame."""
    random = np.random.default_rng(zlib.crc32(video.path.parent.name.encode()))
    found = []
    count = len(video.times)
    for place in range(6 if count > 2 else 0):
        first = random.integers(count // 2 if place % 3 else 0, count - 2)
        last = random.integers(first + 1, min(count - 1, first + 40))
        part = Fraction(2, 5) * (place % 2)
        found.append(
            tuple(
                float(time + part * (video.times[at + 1] - time))
                for at in (first, last)
                for time in [video.times[at]]
            )
        )
    return found


def in_span(video, start: float, end: float) -> list[int]:
    """Numbers of the frames that begin in a span."""
    return [
        number
        for time, number in zip(video.times, video.numbers, strict=True)
        if start - MICROSECOND <= time < end - MICROSECOND
    ]


def assert_shown(video, frames, rate, start=0.0, end=None) -> None:
    """Each frame is the one shown at start + k / rate; none is missing."""
    found = numbers(frames)
    moments = [Fraction(frame.time, 1_000_000) for frame in frames]
    period = 1 / Fraction(rate)
    skipped = max(0, -((Fraction(start) - video.times[0]) // period))
    last = video.end or video.times[-1] + video.tick
    stop = last if end is None else min(last, Fraction(end))
    wanted = (Fraction(start) + (skipped + k) * period for k in range(10**6))
    for place, moment in enumerate(wanted):
        if moment >= stop - MICROSECOND - 2 * video.tick * (stop == last):
            break
        assert abs(moments[place] - moment) <= 2 * MICROSECOND
        # Where a moment falls close before a frame, a clock may round it up.
        allowed = {
            video.numbers[bisect.bisect_right(video.times, late) - 1]
            for late in (
                moment + MICROSECOND,
                moment + MICROSECOND + 2 * video.tick,
            )
        }
        assert found[place] in allowed, (place, float(moment))
    # One more may fall on the end; a last frame of unknown length may repeat.
    assert len(found) <= place + 1 or (video.end is None and end is None)
    assert set(found[place:]) <= {video.numbers[-1]}


def test_every_frame_of_a_video_comes_once_at_its_time(video):
    frames = read(video)
    assert numbers(frames) == video.numbers
    times = [Fraction(frame.time, 1_000_000) for frame in frames]
    for found, wanted in zip(times, video.times, strict=True):
        assert abs(found - wanted) <= video.tick + MICROSECOND


def test_a_span_holds_the_frames_that_begin_in_it(video):
    for start, end in spans(video):
        found = numbers(read(video, start, end))
        assert found == in_span(video, start, end), (start, end)


def test_key_frames_have_their_own_times(video):
    frames = read(video, pick="key")
    found = numbers(frames)
    if len(set(video.numbers)) < len(video.numbers):
        return  # A repeated number does not tell the time.
    times = dict(zip(video.numbers, video.times, strict=True))
    assert found == sorted(set(found))
    for frame, number in zip(frames, found, strict=True):
        late = abs(Fraction(frame.time, 1_000_000) - times[number])
        assert late <= video.tick + MICROSECOND, number


def test_an_open_span_runs_to_the_end(video):
    middle = video.times[len(video.times) // 2]
    found = numbers(read(video, float(middle)))
    assert found == video.numbers[len(video.times) // 2 :]


@pytest.mark.parametrize("times_own_rate", [0.3, 1, 2])
def test_a_rate_takes_the_frame_shown_at_each_moment(video, times_own_rate):
    own = (len(video.times) - 1 or 1) / (video.times[-1] - video.times[0] or 1)
    rate = float(own * Fraction(times_own_rate))
    assert_shown(video, read(video, frame_rate=rate), rate)


@pytest.mark.parametrize("rate", [8, 25, 47.3])
def test_a_rate_counts_from_the_start_of_the_span(video, rate):
    for start, end in spans(video):
        frames = read(video, start, end, frame_rate=rate)
        assert_shown(video, frames, rate, start, end)


@pytest.mark.parametrize("start", [1 / 75, 2 / 3, 0.7, 2.0123456])
def test_a_span_of_whole_periods_holds_one_frame_each(made, start):
    frames = read(made("constant"), start, start + 25 / 30, frame_rate=30)
    assert len(frames) == 25


def packets(video, **options) -> list[tuple[int, bool]]:
    """Time and whether it is a key frame, in the order of the file."""
    with av.open(str(video.path), options=options) as file:
        return [
            (packet.pts, packet.is_keyframe)
            for packet in file.demux(video=0)
            if packet.pts is not None
        ]


@pytest.mark.parametrize("name", [name for name in VIDEOS if "edits" in name])
def test_the_edit_lists_matter(made, name):
    video = made(name)
    assert b"elst" in video.path.read_bytes()
    assert packets(video) != packets(video, ignore_editlist="1")


@pytest.mark.parametrize("name", [name for name in VIDEOS if "GOP" in name])
def test_open_gops_have_frames_shown_before_their_key_frame(made, name):
    found = packets(made(name))
    pairs = zip(found[1:], found[2:], strict=False)
    assert any(one[1] and two[0] < one[0] for one, two in pairs)


@pytest.mark.parametrize("name", ["one key frame", "one key frame mkv"])
def test_one_key_frame_stands_before_25_seconds(made, name):
    video = made(name)
    assert sum(key for _, key in packets(video)) == 1 and video.end == 25


def test_a_pyramid_has_frames_out_of_order(made):
    stamps = [stamp for stamp, _ in packets(made("B-pyramid"))]
    back = sum(a > b for a, b in zip(stamps, stamps[1:], strict=False))
    assert back > len(stamps) // 5


def test_numbers_survive_a_smaller_frame(made):
    frames = read(made("constant"), short_side=24)
    assert numbers(frames) == list(range(110))


def test_another_number_or_a_turned_frame_is_noticed():
    seen = {
        numbered_videos.code_in(numbered_videos.coded(number))
        for number in range(5000)
    }
    assert seen == set(range(5000))
    for quarter in (1, 2, 3):
        with pytest.raises(ValueError, match="no number"):
            numbered_videos.code_in(
                np.rot90(numbered_videos.coded(77), quarter)
            )
