import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch
from pipelines.sampling import clip_sampling
from tests import run_modes

JUST_BELOW_1 = 0.99999994
SEED = [7, 3]


def taken(run, stored, place, **spec):
    clip = batch.ClipSpec(**spec)
    found = run(
        lambda stored, place: clip_sampling.sample_frames(stored, clip, place),
        stored,
        place,
    )
    assert found.dtype == tf.int32
    return found.numpy().tolist()


@run_modes.both
def test_place_0_starts_at_the_first_frame(run):
    assert taken(run, 10, 0.0, frames=4, stride=2) == [0, 2, 4, 6]


@run_modes.both
def test_place_just_below_1_ends_at_the_last_frame(run):
    assert taken(run, 10, JUST_BELOW_1, frames=4, stride=2) == [3, 5, 7, 9]


@run_modes.both
def test_one_view_is_centred(run):
    place = clip_sampling.view_place(0, 1)
    assert taken(run, 10, place, frames=4, stride=1) == [3, 4, 5, 6]


@run_modes.both
def test_three_views_lie_before_at_and_after_the_centre(run):
    starts = [
        taken(run, 12, clip_sampling.view_place(v, 3), frames=4, stride=1)[0]
        for v in range(3)
    ]
    assert starts == [1, 4, 7]


@run_modes.both
def test_every_start_is_drawn_equally_often(run):
    places = [(i + 0.5) / 30 for i in range(30)]
    starts = [taken(run, 6, p, frames=4, stride=1)[0] for p in places]
    assert [starts.count(start) for start in range(3)] == [10, 10, 10]


@run_modes.both
def test_video_of_just_the_clips_length_is_taken_whole(run):
    assert taken(run, 4, 0.7, frames=4, stride=1) == [0, 1, 2, 3]


@run_modes.both
def test_short_video_is_looped(run):
    assert taken(run, 3, 0.9, frames=5, stride=1) == [0, 1, 2, 0, 1]


@run_modes.both
def test_video_of_one_frame_is_repeated(run):
    assert taken(run, 1, 0.5, frames=3, stride=2) == [0, 0, 0]


@run_modes.both
def test_uniform_takes_the_middle_of_equal_parts(run):
    found = taken(run, 30, 0.5, frames=3, sampling="uniform")
    assert found == [5, 15, 25]


@run_modes.both
def test_uniform_moves_by_less_than_one_part(run):
    found = taken(run, 30, JUST_BELOW_1, frames=3, sampling="uniform")
    assert found == [9, 19, 29]


@run_modes.both
def test_uniform_repeats_frames_of_a_short_video_in_order(run):
    found = taken(run, 2, 0.0, frames=4, sampling="uniform")
    assert found == [0, 0, 1, 1]


@run_modes.both
@pytest.mark.parametrize("sampling", ["dense", "uniform"])
def test_last_frame_of_a_very_long_video_is_not_passed(run, sampling):
    stored = 2_000_000_001  # float32 counts only to 16,777,216
    found = taken(run, stored, JUST_BELOW_1, frames=2, sampling=sampling)
    assert stored * 0.99 < found[-1] < stored


@run_modes.both
def test_empty_video_is_refused(run):
    with pytest.raises(tf.errors.InvalidArgumentError, match="no frames"):
        taken(run, 0, 0.5, frames=2)


def trained(run, stored, seed=SEED, **spec):
    clip = batch.ClipSpec(**spec)
    found = run(
        lambda stored, seed: clip_sampling.training_frames(stored, clip, seed),
        stored,
        tf.constant(seed, tf.int64),
    )
    assert found.dtype == tf.int32
    return found.numpy().tolist()


def draws(count, stored, **spec):
    """int32 [count, frames], clips of `count` seeds from one traced graph."""
    clip = batch.ClipSpec(**spec)
    data = tf.data.Dataset.range(count).map(
        lambda i: clip_sampling.training_frames(stored, clip, tf.stack([i, 5]))
    )
    return np.stack(list(data.as_numpy_iterator()))


@run_modes.both
def test_last_frame_stays_where_short_videos_are_padded(run):
    found = taken(run, 3, 0.9, frames=5, stride=1, short="pad")
    assert found == [0, 1, 2, 2, 2]


@run_modes.both
@pytest.mark.parametrize("short", ["loop", "pad", "refuse"])
def test_video_that_is_long_enough_is_never_changed(run, short):
    found = taken(run, 7, 0.5, frames=4, stride=2, short=short)
    assert found == [0, 2, 4, 6]


@run_modes.both
@pytest.mark.parametrize("sampling", ["dense", "uniform", "segments"])
def test_one_frame_of_one_view_is_the_middle_one(run, sampling):
    assert taken(run, 9, 0.5, frames=1, sampling=sampling) == [4]


@run_modes.both
def test_segments_are_evaluated_at_the_published_centres(run):
    # int(tick / 2 + tick * i), tick = 10 / 3, in the code of TSN.
    assert taken(run, 10, 0.5, frames=3, sampling="segments") == [1, 5, 8]


def test_each_segment_draws_from_all_of_its_frames_and_no_others():
    found = draws(200, 10, frames=3, sampling="segments")
    parts = [sorted(set(column)) for column in found.T.tolist()]
    assert parts == [[0, 1, 2], [3, 4, 5], [6, 7, 8, 9]]


def test_segments_draw_independently():
    found = draws(400, 4, frames=2, sampling="segments")
    pairs, counts = np.unique(found, axis=0, return_counts=True)
    assert pairs.tolist() == [[0, 2], [0, 3], [1, 2], [1, 3]]
    assert counts.min() > 70  # 100 each, 3.5 standard deviations


def test_uniform_training_moves_all_frames_together():
    found = draws(50, 300, frames=3, sampling="uniform")
    assert set(map(tuple, np.diff(found).tolist())) == {(100, 100)}
    assert len(set(found[:, 0].tolist())) > 30


def test_training_reaches_every_start_about_equally_often():
    starts = draws(600, 9, frames=4, stride=2)[:, 0]
    assert np.bincount(starts, minlength=3).min() > 155  # 200 each


def test_speed_is_drawn_between_its_limits():
    found = draws(300, 10_000, frames=101, stride=8, speed_jitter=1.0)
    reach = (found[:, -1] - found[:, 0]) / 800
    assert 0.5 <= reach.min() < 0.52 and 1.9 < reach.max() <= 2.0
    assert 0.4 < (reach < 1).mean() < 0.6  # as often slower as faster


def test_jittered_clip_keeps_one_speed():
    steps = np.diff(draws(20, 10_000, frames=50, stride=8, speed_jitter=1.0))
    assert np.ptp(steps, axis=1).max() <= 1


def test_evaluation_knows_no_jitter():
    clip = batch.ClipSpec(frames=4, stride=2, speed_jitter=1.0)
    found = clip_sampling.evaluation_frames(10, clip, 0, 1)
    assert found.numpy().tolist() == [2, 4, 6, 8]


@run_modes.both
def test_other_seed_gives_another_clip(run):
    assert trained(run, 9999, SEED) == trained(run, 9999, SEED)
    assert trained(run, 9999, SEED) != trained(run, 9999, [1, 3])


def test_clip_by_time_is_not_laid_over_frames():
    with pytest.raises(ValueError, match="time_sampling"):
        trained(run_modes.eagerly, 9, stride_seconds=0.1)
