import numpy as np
import pytest

from launch.generation import real_clips
from pipelines import batch
from tests import shards
from tfrecords_tools.base import errors

CLIP = batch.ClipSpec(frames=3, size=24, stride=1)


def opened(folder):
    return real_clips.RealClips(str(folder), "validation", CLIP)


def joined(parts):
    return [np.concatenate(each) for each in zip(*parts, strict=True)]


def test_halves_hold_different_clips(coded_shards):
    places, frames, _ = joined(opened(coded_shards).draw(3, 0, 2))
    assert sorted(places) == list(range(6))
    assert len(set(shards.clips_in(frames[:, 0]))) == 6


def test_labels_are_those_of_the_clips(coded_shards):
    _, frames, labels = joined(opened(coded_shards).draw(3, 0, 4))
    numbers = shards.clips_in(frames[:, 0])
    wanted = [-1 if number == 4 else number % 3 for number in numbers]
    assert labels.tolist() == wanted


def test_another_seed_draws_other_halves(coded_shards):
    real = opened(coded_shards)
    first, again, other = (
        joined(real.draw(3, seed, 4))[0].tolist() for seed in (0, 0, 1)
    )
    assert first == again != other


def test_batches_change_nothing(coded_shards):
    real = opened(coded_shards)
    for few, many in zip(
        joined(real.draw(3, 0, 1)), joined(real.draw(3, 0, 7)), strict=True
    ):
        np.testing.assert_array_equal(few, many)


def test_more_than_half_of_the_clips_are_refused(coded_shards):
    opened(coded_shards).check(3)
    with pytest.raises(errors.UserError, match="got 7 real clips, wanted 8"):
        opened(coded_shards).check(4)


def test_shuffled_clips_have_their_frames_in_orders_of_their_own():
    clips = np.arange(8, dtype=np.uint8)[None, :, None].repeat(5, 0)
    found = real_clips.shuffled(clips, 0, np.arange(5))[..., 0]
    assert (np.sort(found, axis=1) == np.arange(8)).all()
    assert len({tuple(row) for row in found} | {tuple(range(8))}) == 6


def test_order_of_a_clip_does_not_depend_on_those_beside_it():
    clips = np.arange(8, dtype=np.uint8)[None, :, None].repeat(5, 0)
    found = real_clips.shuffled(clips, 0, np.arange(5))
    alone = real_clips.shuffled(clips[:1], 0, np.array([3]))
    np.testing.assert_array_equal(found[3], alone[0])
