"""simplejpeg on single JPEGs in a torch DataLoader; uint8.

The JPEGs are those of our shards, byte for byte, in one mapped file.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import simplejpeg
import torch

from tests.benchmarks.input import input_worker, single_frames, torch_batches

PACKAGES = ("torch", "torchvision", "simplejpeg")


class Clips(torch.utils.data.Dataset):
    """A random clip of each video."""

    def __init__(self, job: input_worker.Job):
        self.stored = single_frames.read(job.data)
        self.job = job
        self.augmentation = torch_batches.augmentation(job.size)

    def __len__(self) -> int:
        return len(self.stored.edges)

    def __getitem__(self, number: int) -> torch.Tensor:
        edges = self.stored.edges[number]
        first = torch_batches.start_of(len(edges) - 1, self.job)
        shape = (self.job.frames, *self.stored.shape, 3)
        frames = np.empty(shape, np.uint8)
        for place in range(self.job.frames):
            at = first + place * self.job.stride
            jpeg = self.stored.data[edges[at] : edges[at + 1]]
            simplejpeg.decode_jpeg(
                jpeg, "RGB", fastdct=True, buffer=frames[place]
            )
        return self.augmentation(torch.from_numpy(frames).permute(0, 3, 1, 2))


def batches(job: input_worker.Job) -> Iterator[Any]:
    """Yields uint8 [B, T, 3, H, W]."""
    yield from torch_batches.batches(Clips(job), job)
