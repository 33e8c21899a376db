"""This project's training input; batches of uint8."""

import pathlib
from collections.abc import Iterator
from typing import Any

from pipelines import batch, clip_dataset
from tests.benchmarks.input import input_worker
from tfrecords_tools.base import registry

PACKAGES = ("tensorflow",)


def batches(job: input_worker.Job) -> Iterator[Any]:
    """Yields uint8 [B, T, H, W, 3].

    Variant `jitter` changes colours too; `cache` decodes into a cache before
    the first batch and reads that.
    """
    names = ["random_resized_crop", "flip"]
    if job.variant == "jitter":  # Right after the crop it costs least.
        names.insert(1, "color_jitter")
    cache = pathlib.Path(job.data).with_name("cache")
    wanted = clip_dataset.Input(
        clip=batch.ClipSpec(
            frames=job.frames, stride=job.stride, size=job.size
        ),
        augmentations=tuple(
            registry.choose("pipelines.augmentations", name) for name in names
        ),
        reader=clip_dataset.Config(
            cache=str(cache) if job.variant == "cache" else None
        ),
    )
    reader = clip_dataset.open_split(job.data, "train", wanted)
    batch_shard = clip_dataset.BatchShard(job.batch)
    for made in clip_dataset.training(reader, wanted, batch_shard, seed=0):
        yield made["frames"]
