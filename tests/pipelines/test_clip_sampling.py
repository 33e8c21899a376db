import pytest
import tensorflow as tf

from pipelines import batch, clip_sampling
from tests import run_modes

JUST_BELOW_1 = 0.99999994


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
