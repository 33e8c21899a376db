import weakref
from fractions import Fraction

import numpy as np
import pytest
import simplejpeg

from launch.prediction import video_windows
from pipelines import batch
from pipelines.sampling import clip_sampling, time_sampling
from tests.tfrecords_tools.fixtures import numbered_videos
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader

BY_TIME = {"frames": 4, "stride_seconds": 0.2}


def written(folder, rate, count):
    images = [numbered_videos.coded(n) for n in range(count)]
    path = folder / f"{rate}.mp4"
    return numbered_videos.write_video(
        path, images, time_base=Fraction(1, rate)
    )


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return written(tmp_path_factory.mktemp("video"), 30, 20)


@pytest.fixture(scope="module")
def at_25_and_30(tmp_path_factory):
    """Two videos of 2.4 s."""
    folder = tmp_path_factory.mktemp("videos")
    return {rate: written(folder, rate, 12 * rate // 5) for rate in (25, 30)}


def numbers(window):
    return [
        numbered_videos.code_in(simplejpeg.decode_jpeg(jpeg))
        for jpeg in window.jpegs
    ]


def of_whole(path, **spec):
    clip = batch.ClipSpec(**spec)
    return list(video_windows.cover_video(path, clip, reader.Config()))


def of_seconds(path, seconds, **spec):
    clip = batch.ClipSpec(**spec)
    media = reader.Config()
    return list(video_windows.split_by_seconds(path, clip, media, seconds))


@pytest.mark.parametrize("sampling", ["dense", "uniform", "segments"])
def test_frames_are_jpegs_whatever_the_shards_store(video, sampling):
    clip = batch.ClipSpec(frames=4, sampling=sampling)
    found, wanted = (
        list(video_windows.cover_video(video, clip, reader.Config(**media)))
        for media in ({"storage": "h264"}, {})
    )
    assert found == wanted


def test_windows_of_seconds_are_jpegs_too(video):
    clip = batch.ClipSpec(frames=4)
    found, wanted = (
        list(video_windows.split_by_seconds(video, clip, media, 0.3))
        for media in (reader.Config(storage="h265"), reader.Config())
    )
    assert found == wanted


def test_segments_of_a_file_are_those_of_evaluation(video):
    (window,) = of_whole(video, frames=3, sampling="segments")
    clip = batch.ClipSpec(frames=3, sampling="segments")
    wanted = clip_sampling.evaluation_frames(20, clip, 0, 1)
    assert numbers(window) == wanted.numpy().tolist()


def test_only_window_by_time_is_the_clip_of_evaluation(video):
    spec = {"frames": 4, "stride_seconds": 0.15}
    frames = list(reader.read_frames(video))
    moments = time_sampling.evaluation_times(
        0, frames[-1].end_time, batch.ClipSpec(**spec), 0, 1
    )
    wanted = time_sampling.shown_frames([f.time for f in frames], moments)
    (first, _) = of_whole(video, **spec)
    assert first[:2] == (0.0, 0.6)
    (window,) = of_seconds(video, 60, **spec)
    assert numbers(window) == wanted.numpy().tolist()


@pytest.mark.parametrize("rate", [25, 30])
def test_windows_by_time_stand_end_to_end_and_end_with_the_video(
    at_25_and_30, rate
):
    found = of_whole(at_25_and_30[rate], frames=4, stride_seconds=0.25)
    times = [window[:2] for window in found]
    assert times == [(0.0, 1.0), (1.0, 2.0), (pytest.approx(1.4), 2.4)]


@pytest.mark.parametrize("rate", [25, 30])
def test_window_by_time_shows_its_moments_at_any_frame_rate(at_25_and_30, rate):
    for window in of_whole(at_25_and_30[rate], **BY_TIME):
        begin = window.start_seconds + 0.1  # centred in 4 strides
        moments = begin + 0.2 * np.arange(4)
        late = moments - np.array(numbers(window)) / rate
        assert late.min() > -0.001 and late.max() < 1 / rate


def test_video_of_whole_windows_gets_no_further_one(at_25_and_30):
    found = of_whole(at_25_and_30[30], **BY_TIME)
    assert [window.end_seconds for window in found] == [0.8, 1.6, 2.4]


@pytest.mark.parametrize(
    ("short", "wanted"),
    [("loop", [0, 9, 18, 7]), ("pad", [0, 9, 18, 19])],
)
def test_short_video_is_looped_or_padded(video, short, wanted):
    spec = {"frames": 4, "stride_seconds": 0.3, "short": short}
    (window,) = of_whole(video, **spec)
    assert numbers(window) == wanted


@pytest.mark.parametrize(
    "spec",
    [
        {"frames": 11, "stride": 2},
        {"frames": 4, "stride_seconds": 0.3},
        {"frames": 21, "sampling": "uniform"},
    ],
)
def test_short_video_is_refused_by_name(video, spec):
    with pytest.raises(errors.UserError, match="30.mp4: clip needs 2?[10]"):
        of_whole(video, short="refuse", **spec)
    with pytest.raises(errors.UserError, match="30.mp4: clip needs 2?[10]"):
        of_seconds(video, 60, short="refuse", **spec)


def test_too_short_rest_after_whole_windows_is_left_out(video):
    spec = {"frames": 4, "stride": 2, "short": "refuse"}
    found = of_seconds(video, 0.3, **spec)  # 9, 9 and 2 frames
    assert [window.end_seconds for window in found] == [0.3, 0.6]


class Data:
    """Of a frame; unlike bytes it can be told whether it is still held."""

    def __len__(self):
        return 1


@pytest.mark.parametrize(
    ("spec", "most"),
    [
        ({"frames": 4, "stride_seconds": 0.2}, 24 + 1 + 4 + 1),
        ({"frames": 4, "stride": 5}, 20 + 4 + 1),
        ({"frames": 4, "sampling": "segments"}, 4 + 2),
    ],
)
def test_only_a_window_of_a_long_video_is_held(monkeypatch, spec, most):
    """That, the frame that begins after it, the last clip, the next frame."""
    alive, counts = weakref.WeakSet(), []

    def frames(path, media):
        for number in range(900):
            data = Data()
            alive.add(data)
            counts.append(len(alive))
            time = 3_600_000_000 + round(number * 1e6 / 30)
            yield reader.Frame(time, time + 33_333, data, 2, 2)

    monkeypatch.setattr(video_windows, "_MOST_HELD", 0)
    clip = batch.ClipSpec(**spec)
    for _ in video_windows.cover_video("v", clip, reader.Config(), frames):
        pass
    assert max(counts) <= most


def test_a_long_video_gives_the_window_of_a_short_one(video, monkeypatch):
    held = of_whole(video, frames=4, sampling="uniform")
    monkeypatch.setattr(video_windows, "_MOST_HELD", 0)
    assert of_whole(video, frames=4, sampling="uniform") == held
