import os
import threading

import cv2
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import numbered_videos
from tfrecords_tools.media import live_frames, live_video, reader

# Scene changes off: a key frame each half second, as a camera sends them.
KEYS = {"g": "15", "bf": "2", "sc_threshold": "0"}


@pytest.fixture(scope="module", params=["ts", "mkv"])
def video(request, tmp_path_factory):
    """60 numbered frames in 2 s."""
    path = tmp_path_factory.mktemp("live") / f"video.{request.param}"
    images = [numbered_videos.numbered(n) for n in range(60)]
    return numbered_videos.write_video(path, images, options=KEYS)


@pytest.fixture
def piped(tmp_path):
    """A function that gives bytes through a FIFO."""
    feeders = []

    def pipe(data):
        path = tmp_path / f"fifo{len(feeders)}"
        os.mkfifo(path)
        feeder = threading.Thread(target=path.write_bytes, args=(data,))
        feeder.start()
        feeders.append(feeder)
        return path

    yield pipe
    for feeder in feeders:
        feeder.join()


def frames_of(path, config=reader.Config(), **taken):
    with live_video.LiveVideo(path, config.max_pixels) as video:
        return list(live_frames.read(video, config, **taken))


def numbers(frames):
    decoded = [
        cv2.imdecode(np.frombuffer(f.data, np.uint8), cv2.IMREAD_COLOR)
        for f in frames
    ]
    return [numbered_videos.number_in(image) for image in decoded]


def as_stored(frames):
    return [(frame.time, frame.data) for frame in frames]


@pytest.mark.parametrize("rate", [None, 12.5])
def test_pipe_and_file_give_what_shards_store(video, piped, rate):
    config = reader.Config(frame_rate=rate)
    stored = as_stored(reader.read_frames(video, config))
    assert as_stored(frames_of(video, config)) == stored
    through = piped(video.read_bytes())
    assert as_stored(frames_of(through, config)) == stored


def test_stride_takes_each_so_many_th_stored_frame(video):
    found = frames_of(video, reader.Config(frame_rate=15), stride=5)
    assert numbers(found) == [0, 10, 20, 30, 40, 50]


def test_stride_in_seconds_takes_the_frames_shown_then(video):
    found = frames_of(video, stride=2, stride_seconds=0.5)
    assert numbers(found) == [0, 15, 30, 45]


def test_a_frame_is_known_when_it_begins_at_a_moment():
    def arrivals():
        yield 0, "a"
        yield 100, "b"
        raise AssertionError("asked for more than it needs")

    shown = live_frames.shown(arrivals(), period=100, early=1)
    assert [next(shown), next(shown)] == [(0, "a"), (100, "b")]


def test_a_frame_between_moments_is_shown_at_the_next_one():
    arrivals = iter([(0, "a"), (30, "b"), (130, "c"), (230, None)])
    shown = live_frames.shown(arrivals, period=100, early=1)
    assert list(shown) == [(0, "a"), (100, "b"), (200, "c"), (230, None)]


def test_nothing_is_shown_before_the_first_frame():
    arrivals = iter([(130, "a"), (230, None)])
    shown = live_frames.shown(arrivals, period=100, early=1)
    assert list(shown) == [(200, "a"), (230, None)]


@pytest.mark.parametrize("video", ["ts"], indirect=True)
def test_whoever_tunes_in_late_sees_what_follows_the_next_key_frame(
    video, piped
):
    data = video.read_bytes()
    found = numbers(frames_of(piped(data[len(data) // 2 :])))
    assert found and found == list(range(found[0], 60))
    assert found[0] % 15 == 0


@pytest.mark.parametrize("video", ["ts"], indirect=True)
def test_a_clock_that_begins_again_goes_on(video, piped):
    # Its clock jumps back 2 s: a camera that was switched off and on.
    found = frames_of(piped(2 * video.read_bytes()))
    assert numbers(found) == 2 * list(range(60))
    steps = np.diff([frame.time for frame in found])
    assert np.all((steps > 30_000) & (steps < 40_000))


@pytest.mark.parametrize(
    "data, reason", [(b"", "ended without a byte"), (b"text" * 99, "MPEG-TS")]
)
def test_what_is_no_video_is_refused(piped, data, reason):
    with pytest.raises(live_video.video_file.VideoError, match=reason):
        frames_of(piped(data))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(live_video.video_file.VideoError, match="no such file"):
        frames_of(tmp_path / "nothing.ts")
