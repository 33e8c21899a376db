"""Batches of a data set, taken and compared."""

import itertools

import numpy as np

from pipelines import batch, clip_dataset
from tfrecords_tools.base import registry

CLIP = batch.ClipSpec(frames=4, stride=2, size=16)
CROP, FLIP, JITTER, MIXUP, CUTMIX = (
    registry.choose("pipelines.augmentations", name)
    for name in (
        "random_resized_crop",
        "flip",
        "color_jitter",
        "mixup",
        "cutmix",
    )
)
ALL = (CROP, FLIP, JITTER)


def wanted(*augmentations, clip=CLIP, extra_inputs=(), block=None, **config):
    """An input; `block` shards are shuffled at a time, or all clips."""
    if block:
        config |= {"shuffle": "blocks", "block_shards": block}
    reader = clip_dataset.Config(**config)
    return clip_dataset.Input(clip, augmentations, extra_inputs, reader=reader)


def take(data, count):
    return list(itertools.islice(data.as_numpy_iterator(), count))


def training(reader, count, batch_shard, given, seed=7, start_step=0):
    """The first batches; `batch_shard` may be its size for one host."""
    if isinstance(batch_shard, int):
        batch_shard = clip_dataset.BatchShard(batch_shard)
    data = clip_dataset.training(reader, given, batch_shard, seed, start_step)
    return take(data, count)


def joined(parts):
    """One batch of several."""
    return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def by_clip(made):
    """A batch in the order of its clips' numbers."""
    order = np.argsort(made["clip_id"], kind="stable")
    return {name: value[order] for name, value in made.items()}


def assert_same_bytes(found, wanted):
    assert len(found) == len(wanted) > 0
    for one, other in zip(found, wanted, strict=True):
        assert one.keys() == other.keys()
        for name in one:
            assert one[name].tobytes() == other[name].tobytes(), name
