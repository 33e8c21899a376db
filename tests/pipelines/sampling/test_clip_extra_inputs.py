"""Extra inputs of a clip, from the shards to the batch."""

import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch, clip_dataset
from pipelines.reading import shard_reader
from tests import shards
from tests.pipelines import batches
from tests.pipelines.batches import CROP, FLIP
from tfrecords_tools.base import registry

CLIP = batch.ClipSpec(frames=4, stride=2, size=32)


def extra_input(name, **settings):
    config = registry.load("pipelines.extra_inputs", name).Config(**settings)
    return registry.choose("pipelines.extra_inputs", name, config)


PATCHES = {"patch": 8, "tubelet": 2, "ratio": 0.5}
TUBE, RANDOM = (extra_input(n, **PATCHES) for n in ("tube_mask", "random_mask"))
LOW, TWO = extra_input("low_resolution"), extra_input("two_clips")


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


def training(
    reader, *extra_inputs, count=1, augmentations=(), clip=CLIP, **more
):
    given = batches.wanted(
        *augmentations, clip=clip, extra_inputs=extra_inputs, **more
    )
    return batches.training(reader, count, 13, given)


@pytest.fixture(scope="module")
def pairs(reader):
    """4 epochs of two clips each."""
    return batches.joined(training(reader, TWO, count=4))


def starts(frames):
    return shards.frames_in(frames)[:, 0]


def test_other_frames_are_of_the_same_video(pairs):
    numbers = shards.clips_in(pairs["other_frames"])
    assert np.array_equal(numbers, np.tile(pairs["clip_id"], (4, 1)).T)


def test_other_frames_are_a_clip_too(pairs):
    assert pairs["other_frames"].shape == pairs["frames"].shape
    rows = pairs["clip_id"] != 9  # Which is so short that it is looped.
    numbers = shards.frames_in(pairs["other_frames"][rows])
    assert (np.diff(numbers) == 2).all()


def test_other_frames_are_of_another_time(pairs):
    long = pairs["clip_id"] > 9
    one, other = (starts(pairs[n][long]) for n in ("frames", "other_frames"))
    # 13 to 29 places each: the same one twice is rare.
    assert (one == other).mean() < 0.3
    assert (one < other).any() and (other < one).any()


def test_second_clip_changes_nothing_in_the_first(reader, pairs):
    plain = batches.joined(training(reader, count=4))
    assert np.array_equal(plain["frames"], pairs["frames"])


def test_both_clips_may_be_of_the_same_time(reader):
    (made,) = training(
        reader, extra_input("two_clips", same_time=True), augmentations=(CROP,)
    )
    one, other = made["frames"], made["other_frames"]
    assert np.array_equal(shards.frames_in(one), shards.frames_in(other))


def test_second_clip_is_augmented_by_itself(reader):
    (made,) = training(
        reader, extra_input("two_clips", same_time=True), augmentations=(CROP,)
    )
    ramps = (made[n][:, 0, 0, :, 2] for n in ("frames", "other_frames"))
    # Blue is a ramp: where the crop lies is what it shows.
    one, other = (ramp.astype(float).mean(1) for ramp in ramps)
    assert np.abs(one - other).max() > 20


def test_masks_have_the_shapes_of_the_patches(reader):
    (made,) = training(reader, TUBE)
    assert made["patch_mask"].shape == (13, 2, 4, 4)
    assert made["patch_mask"].dtype == bool
    assert (made["patch_mask"].sum((2, 3)) == 8).all()


def test_masks_differ_from_clip_to_clip_and_epoch_to_epoch(reader):
    made = training(reader, RANDOM, count=2)
    masks = batches.joined(made)["patch_mask"].reshape(26, -1)
    assert len(np.unique(masks, axis=0)) > 20


def test_low_frames_are_small_copies_of_the_augmented_clip(reader):
    (made,) = training(reader, LOW, augmentations=(CROP, FLIP))
    low, blocks = (
        made["low_frames"],
        made["frames"].reshape(13, 4, 8, 4, 8, 4, 3),
    )
    assert low.shape == (13, 4, 8, 8, 3)
    assert low.dtype == np.uint8
    assert np.abs(low - blocks.mean((3, 5))).max() < 12


def test_several_extra_inputs_stand_beside_each_other(reader):
    batch_shard = clip_dataset.BatchShard(4)
    given = batches.wanted(clip=CLIP, extra_inputs=(TUBE, LOW, TWO), block=2)
    spec = clip_dataset.training(reader, given, batch_shard, 7).element_spec
    assert spec["patch_mask"] == tf.TensorSpec((4, 2, 4, 4), tf.bool)
    assert spec["low_frames"] == tf.TensorSpec((4, 4, 8, 8, 3), tf.uint8)
    assert spec["other_frames"] == tf.TensorSpec((4, 4, 32, 32, 3), tf.uint8)


def test_resumed_run_sees_the_extra_inputs_that_it_would_have_seen(reader):
    given = batches.wanted(
        CROP, clip=CLIP, extra_inputs=(RANDOM, LOW, TWO), block=1
    )
    whole, rest = (
        batches.training(reader, 5 - step, 4, given, start_step=step)
        for step in (0, 3)
    )
    batches.assert_same_bytes(rest, whole[3:])


def test_extra_inputs_in_evaluation_are_of_each_view_of_the_clip(reader):
    given = batches.wanted(clip=CLIP, extra_inputs=(TUBE, LOW, TWO))
    batch_shard = clip_dataset.BatchShard(4)
    data = clip_dataset.evaluation(reader, given, batch_shard, views=2, crops=3)
    made = batches.take(data, 1)[0]
    assert made["patch_mask"].shape == (4, 6, 2, 4, 4)
    assert made["low_frames"].shape == (4, 6, 4, 8, 8, 3)
    assert "other_frames" not in made
    large = made["frames"].mean((3, 4))
    assert np.abs(made["low_frames"].mean((3, 4)) - large).max() < 2


def test_extra_inputs_in_evaluation_are_drawn_alike_each_time(reader):
    given = batches.wanted(clip=CLIP, extra_inputs=(RANDOM,))
    found = [
        batches.take(
            clip_dataset.evaluation(
                reader, given, clip_dataset.BatchShard(size), views=2
            ),
            1,
        )[0]["patch_mask"][:4]
        for size in (4, 13)
    ]
    assert np.array_equal(*found)
