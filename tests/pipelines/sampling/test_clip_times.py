"""Clips by time, from the shards to the batch."""

import numpy as np
import pytest

from pipelines import batch, clip_dataset
from tests import shards
from tests.pipelines import batches
from tfrecords_tools.base import errors

FRAMES = 40
NOISE = np.random.default_rng(0).integers(-9_000, 9_001, FRAMES + 1)
TIMES = {
    0: 40_000 * np.arange(FRAMES + 1),  # 25 frames a second.
    1: np.arange(FRAMES + 1) * 1_000_000 // 30,
    2: 70_000 + 35_000 * np.arange(FRAMES + 1) + NOISE,  # Variable.
}
STRIDE = 100_000
CLIP = batch.ClipSpec(frames=5, stride_seconds=0.1, size=16)
CLOCK = 999  # Microseconds too late at which a frame still counts as shown.


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = [
        shards.Clip(number, FRAMES, ("a",), {}, tuple(times.tolist()))
        for number, times in TIMES.items()
    ]
    return shards.write(tmp_path_factory.mktemp("times"), {"train": made})


def read_back(made):
    """Clip and frame numbers of each clip of some batches."""
    both = batches.joined(made)
    frames = both["frames"].reshape(len(both["clip_id"]), -1, 16, 16, 3)
    numbers = shards.frames_in(frames).tolist()
    return list(zip(both["clip_id"].tolist(), numbers, strict=True))


def training(folder, count, clip):
    given = batches.wanted(clip=clip)
    reader = clip_dataset.open_split(folder, "train", given)
    return read_back(batches.training(reader, count, 3, given))


def starts_of(number, frames, stride):
    """From where on and up to where a clip shows these frames."""
    times = TIMES[number]
    offsets = np.arange(len(frames)) * stride
    least = times[frames] - CLOCK - offsets
    most = times[np.add(frames, 1)] - CLOCK - offsets
    return least.max(), most.min()


def test_frames_are_those_shown_a_stride_apart(folder):
    for number, frames in training(folder, 8, CLIP):
        least, most = starts_of(number, frames, STRIDE)
        assert least < most


def test_frames_come_from_several_chunks(folder):
    # A clip lasts 0.4 s, and a chunk 8 frames or about 0.3 s.
    for _, frames in training(folder, 4, CLIP):
        assert len({frame // 8 for frame in frames}) > 1


def test_clips_of_all_rates_last_as_long(folder):
    seen = {0: set(), 1: set(), 2: set()}
    for number, frames in training(folder, 12, CLIP):
        seen[number].add(frames[-1] - frames[0])
    assert seen[0] == {10}  # 0.4 s of 25 frames a second
    assert seen[1] == {12}  # and of 30.


def test_clips_start_at_random_moments(folder):
    starts = {frames[0] for _, frames in training(folder, 8, CLIP)}
    assert len(starts) > 6


@pytest.mark.parametrize("views", [1, 3])
def test_views_of_evaluation_lie_evenly(folder, views):
    given = batches.wanted(clip=CLIP)
    reader = clip_dataset.open_split(folder, "train", given)
    data = clip_dataset.evaluation(
        reader, given, clip_dataset.BatchShard(3), views
    )
    for number, frames in read_back(batches.take(data, 1)):
        times = TIMES[number]
        free = times[-1] - times[0] - 4 * STRIDE
        for view in range(views):
            start = times[0] + int(free * (view + 0.5) / views)
            moments = start + STRIDE * np.arange(5) + CLOCK
            shown = np.searchsorted(times, moments, side="right") - 1
            assert frames[5 * view : 5 * view + 5] == shown.tolist()


def test_segments_show_a_frame_of_each_part(folder):
    clip = batch.ClipSpec(frames=5, sampling="segments", size=16)
    found = training(folder, 6, clip)
    for _, frames in found:
        assert [frame // (FRAMES // 5) for frame in frames] == [0, 1, 2, 3, 4]
    within = {frame % (FRAMES // 5) for _, each in found for frame in each}
    assert len(within) == 8


def test_evaluation_shows_the_centres_of_segments(folder):
    clip = batch.ClipSpec(frames=5, sampling="segments", size=16)
    given = batches.wanted(clip=clip)
    reader = clip_dataset.open_split(folder, "train", given)
    data = clip_dataset.evaluation(reader, given, clip_dataset.BatchShard(3))
    for _, frames in read_back(batches.take(data, 1)):
        assert frames == [4, 12, 20, 28, 36]


def test_speed_differs_from_clip_to_clip(folder):
    clip = batch.ClipSpec(frames=5, stride=4, speed_jitter=1.0, size=16)
    spans = [f[-1] - f[0] for _, f in training(folder, 8, clip)]
    # 16 frames at speed 1, from half to twice of that.
    assert min(spans) >= 8 and max(spans) <= 32
    assert min(spans) < 12 and max(spans) > 20


@pytest.mark.parametrize("clip", [
    batch.ClipSpec(frames=5, stride=10, size=16, short="pad"),
    batch.ClipSpec(frames=5, stride_seconds=0.5, size=16, short="pad"),
])  # fmt: skip
def test_last_frame_stays_where_short_videos_are_padded(folder, clip):
    for _, frames in training(folder, 2, clip):
        assert frames[0] == 0 and frames[-1] == FRAMES - 1
        assert sorted(frames) == frames


def test_short_video_begins_again_by_time(folder):
    clip = batch.ClipSpec(frames=5, stride_seconds=0.7, size=16)
    for number, frames in training(folder, 2, clip):
        if number == 0:  # 0, 0.7, 1.4, 2.1 and 2.8 of 1.6 s.
            assert frames == [0, 17, 35, 12, 30]


@pytest.mark.parametrize(
    "settings, message",
    [
        # 37 to 41 frames, or 1.3 s, are there.
        ({"stride": 10}, r"41 frames.*has 40: lower --clip.stride"),
        ({"stride_seconds": 0.35}, r"1.4 s.*has 1.3\d* s"),
        ({"stride": 6, "speed_jitter": 1.0}, "49 frames"),
    ],
)
def test_clip_longer_than_the_shortest_video_is_refused(
    folder, settings, message
):
    clip = batch.ClipSpec(frames=5, size=16, short="refuse", **settings)
    with pytest.raises(errors.UserError, match=message):
        clip_dataset.open_split(folder, "train", batches.wanted(clip=clip))


def test_clip_as_long_as_the_shortest_video_is_taken(folder):
    clip = batch.ClipSpec(frames=4, stride=13, size=16, short="refuse")
    for _, frames in training(folder, 2, clip):
        assert frames == [0, 13, 26, 39]
