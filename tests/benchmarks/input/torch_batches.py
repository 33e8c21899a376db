"""What the peers in PyTorch share: loader and augmentation of torchvision."""

from collections.abc import Iterator
from typing import Any

import torch
from torchvision.transforms import v2

from tests.benchmarks.input import input_worker


class _Endless(torch.utils.data.Sampler):
    """Shuffled epochs without an end."""

    def __init__(self, count: int):
        self.count = count

    def __iter__(self) -> Iterator[int]:
        while True:
            yield from torch.randperm(self.count).tolist()


def augmentation(size: int) -> v2.Transform:
    """Random resized crop and flip, the same for all frames of a tensor."""
    crop = v2.RandomResizedCrop(size, (0.3, 1.0), (3 / 4, 4 / 3))
    return v2.Compose([crop, v2.RandomHorizontalFlip()])


def start_of(stored: int, job: input_worker.Job) -> int:
    """A random first frame of a clip."""
    span = (job.frames - 1) * job.stride + 1
    return int(torch.randint(max(stored - span, 0) + 1, ()))


def batches(
    dataset: torch.utils.data.Dataset, job: input_worker.Job
) -> Iterator[Any]:
    """Yields uint8 [B, T, 3, H, W], made in `job.workers` processes."""
    yield from torch.utils.data.DataLoader(
        dataset,
        batch_size=job.batch,
        sampler=_Endless(len(dataset)),
        num_workers=job.workers,
    )
