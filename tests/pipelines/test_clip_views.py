"""The views of each clip: those of evaluation, then augmented ones."""

import dataclasses

import numpy as np
import pytest

from pipelines import batch, clip_dataset, clip_views
from pipelines.augmentations import flip, mixup
from pipelines.reading import shard_reader
from tests import shards
from tfrecords_tools.base import errors, registry

INPUT = clip_dataset.Input(batch.ClipSpec(frames=2, stride=1, size=16))


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


def augmented(module):
    name = module.__name__.rpartition(".")[2]
    chosen = registry.Chosen(name, module, module.Config())
    return dataclasses.replace(INPUT, augmentations=(chosen,))


def views(reader, given=INPUT, crops=1, count=0, first=0):
    data = clip_views.views(reader, given, crops, count, 0, first)
    return list(data.as_numpy_iterator())


def test_every_clip_comes_once_in_order(reader):
    numbers = [int(each["clip_id"]) for each in views(reader)]
    assert numbers == sorted(numbers) and len(set(numbers)) == reader.clips


def test_the_first_views_are_the_crops_of_evaluation(reader):
    data = clip_dataset.evaluation(
        reader, INPUT, clip_dataset.BatchShard(1), crops=2
    )
    wanted = next(data.as_numpy_iterator())["frames"][0]
    found = views(reader, crops=2, count=1)[0]["frames"]
    np.testing.assert_array_equal(found[:2], wanted)


def test_augmented_views_show_the_same_clip(reader):
    last = views(reader, augmented(flip), count=3)[-1]
    assert len(last["frames"]) == 4
    assert set(shards.clips_in(last["frames"]).ravel()) == {last["clip_id"]}


def test_clips_at_the_beginning_are_left_out(reader):
    whole, rest = views(reader), views(reader, first=3)
    assert [e["clip_id"] for e in rest] == [e["clip_id"] for e in whole[3:]]


def test_each_view_has_the_path_of_its_video(reader):
    assert all(each["path"] for each in views(reader))


def test_augmentations_that_mix_clips_are_refused(reader):
    with pytest.raises(errors.UserError, match="mixes the pixels"):
        views(reader, augmented(mixup), count=1)
