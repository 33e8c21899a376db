import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st

from pipelines import batch
from pipelines.sampling import time_sampling
from tests import run_modes
from tests.pipelines.sampling.test_clip_layout import for_all

HOUR = 3_600_000_000
SEED = [7, 3]


def trained(run, start, end, seed=SEED, **spec):
    clip = batch.ClipSpec(**spec)
    found = run(
        lambda *asked: time_sampling.training_times(*asked[:2], clip, asked[2]),
        *(tf.constant(value, tf.int64) for value in (start, end, seed)),
    )
    assert found.dtype == tf.int64
    return found.numpy()


def evaluated(run, start, end, view=0, views=1, **spec):
    clip = batch.ClipSpec(**spec)
    found = run(
        lambda *asked: time_sampling.evaluation_times(
            *asked, clip, view, views
        ),
        *(tf.constant(value, tf.int64) for value in (start, end)),
    )
    assert found.dtype == tf.int64
    return found.numpy().tolist()


def even(rate, seconds=12.0, clock=1):
    """When frames begin, in microseconds of a clock that counts `clock`."""
    times = np.arange(0, seconds, 1 / rate) * 1e6
    return np.rint(times / clock).astype(np.int64) * clock


def uneven(seconds=12.0):
    steps = np.random.default_rng(5).integers(6_000, 150_000, 200)
    times = np.cumsum(steps) - steps[0]
    return times[times < seconds * 1e6]


VIDEOS = {
    "25": even(25),
    "30": even(30),
    "29.97": even(30000 / 1001),
    "29.97 in milliseconds": even(30000 / 1001, clock=1000),
    "variable": uneven(),
}


@run_modes.both
def test_one_view_is_centred(run):
    found = evaluated(run, 500_000, 1_500_000, frames=4, stride_seconds=0.2)
    assert found == [700_000, 900_000, 1_100_000, 1_300_000]


@run_modes.both
def test_three_views_are_evenly_spaced(run):
    spec = {"frames": 2, "stride_seconds": 0.4}
    starts = [evaluated(run, 0, 1_000_000, v, 3, **spec)[0] for v in range(3)]
    assert starts == [100_000, 300_000, 500_000]


@run_modes.both
def test_short_video_is_looped(run):
    found = evaluated(run, 1000, 301_000, frames=4, stride_seconds=0.2)
    assert found == [1000, 201_000, 101_000, 1000]


@run_modes.both
def test_end_stays_where_short_videos_are_padded(run):
    spec = {"frames": 4, "stride_seconds": 0.2, "short": "pad"}
    found = evaluated(run, 1000, 301_000, **spec)
    assert found == [1000, 201_000, 300_999, 300_999]


@run_modes.both
def test_segments_are_parts_of_the_time(run):
    found = evaluated(run, 50, 650, frames=3, sampling="segments")
    assert found == [150, 350, 550]


@run_modes.both
def test_equal_seeds_give_equal_times(run):
    spec = {"frames": 4, "stride_seconds": 0.2, "speed_jitter": 0.5}
    first = trained(run, 0, HOUR, **spec)
    assert (trained(run, 0, HOUR, **spec) == first).all()
    assert (trained(run, 0, HOUR, [7, 4], **spec) != first).all()


@run_modes.both
def test_times_of_a_long_video_are_exact(run):
    spec = {"frames": 9, "stride_seconds": 0.033367}
    found = trained(run, 10 * HOUR + 1, 20 * HOUR, **spec)
    assert (np.diff(found) == 33_367).all()


def test_every_microsecond_of_a_long_video_can_be_drawn():
    clip = batch.ClipSpec(frames=1, stride_seconds=0.1)
    data = tf.data.Dataset.range(200).map(
        lambda i: time_sampling.training_times(
            0, 10 * HOUR, clip, tf.stack([i, 5])
        )
    )
    found = np.concatenate(list(data.as_numpy_iterator()))
    assert len(set((found % 1024).tolist())) > 150
    assert found.min() < HOUR and found.max() > 9 * HOUR


@run_modes.both
def test_no_time_at_all_is_refused(run):
    with pytest.raises(tf.errors.InvalidArgumentError, match="no frames"):
        evaluated(run, 5, 5, frames=2, stride_seconds=0.1)


def test_dense_clip_by_frames_is_not_laid_over_times():
    with pytest.raises(ValueError, match="clip_sampling"):
        evaluated(run_modes.eagerly, 0, 9, frames=2)


@for_all(
    st.builds(
        batch.ClipSpec,
        frames=st.integers(1, 40),
        stride_seconds=st.floats(0.001, 2),
        speed_jitter=st.floats(0, 3),
        short=st.sampled_from(("loop", "pad")),
    ),
    st.integers(0, 10 * HOUR),
    st.one_of(st.integers(1, 10**6), st.integers(1, 10 * HOUR)),
    st.tuples(st.integers(0, 2**62), st.integers(0, 2**62)),
)
def test_every_time_lies_in_the_video(clip, start, length, seed):
    end = start + length
    for found in (
        time_sampling.training_times(start, end, clip, seed).numpy(),
        time_sampling.evaluation_times(start, end, clip, 3, 4).numpy(),
    ):
        assert len(found) == clip.frames
        assert found.min() >= start and found.max() < end
        assert clip.short == "loop" or (np.diff(found) >= 0).all()


@run_modes.both
def test_shown_is_the_last_frame_that_has_begun(run):
    found = run(
        time_sampling.shown_frames,
        tf.constant([0, 40_000, 80_000], tf.int64),
        tf.constant([0, 30_000, 40_000, 200_000], tf.int64),
    )
    assert found.numpy().tolist() == [0, 0, 1, 2]


def test_frame_less_than_a_millisecond_later_is_shown():
    moments = tf.constant([32_999, 33_000, 33_001], tf.int64)
    found = time_sampling.shown_frames([0, 34_000], moments)
    assert found.numpy().tolist() == [0, 0, 1]


def test_first_frame_is_shown_before_it_begins():
    found = time_sampling.shown_frames(
        [5_000_000_000], tf.constant([7], tf.int64)
    )
    assert found.numpy().tolist() == [0]


@pytest.mark.parametrize("name", VIDEOS)
@pytest.mark.parametrize("seed", range(3))
def test_same_moments_are_shown_at_any_frame_rate(name, seed):
    spec = {"frames": 8, "stride_seconds": 0.25, "speed_jitter": 0.3}
    moments = trained(run_modes.eagerly, 0, 12_000_000, [seed, 1], **spec)
    times = VIDEOS[name]
    shown = times[time_sampling.shown_frames(times, moments)]
    late = moments - shown
    assert late.min() > -1000
    assert late.max() < np.diff(times).max()


@pytest.mark.parametrize("frames", [3, 40, 41])
@pytest.mark.parametrize("clock", [1, 1000])
@pytest.mark.parametrize("rate", [25, 30, 30000 / 1001])
def test_rounded_times_neither_repeat_nor_leave_out_a_frame(
    frames, clock, rate
):
    """The centre falls on the change of two frames where `frames` is even."""
    times = even(rate, (frames - 0.5) / rate, clock)
    assert len(times) == frames
    end = round(frames / rate * 1e6)
    spec = {"frames": 16, "stride_seconds": 1 / rate}
    moments = evaluated(run_modes.eagerly, 0, end, **spec)
    shown = time_sampling.shown_frames(times, tf.constant(moments, tf.int64))
    assert set(np.diff(shown) % frames) == {1}
