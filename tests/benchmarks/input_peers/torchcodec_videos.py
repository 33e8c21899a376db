"""TorchCodec on the original videos in a torch DataLoader; uint8.

It takes FFmpeg from the system; here it gets that of PyAV, which is the one
that makes our shards, under the names that it asks for.
"""

import os
import pathlib
import re
import sys
from collections.abc import Iterator
from typing import Any

import av
import torch

from tests.benchmarks.input import input_worker, torch_batches

PACKAGES = ("torch", "torchvision", "torchcodec", "av")
_SEARCHED = "LD_LIBRARY_PATH"


def _find_ffmpeg() -> None:
    """Starts this process again where PyAV's libraries are not searched."""
    libraries = pathlib.Path(av.__file__).parents[1] / "av.libs"
    if str(libraries) in os.environ.get(_SEARCHED, ""):
        return
    links = pathlib.Path(sys.prefix, "ffmpeg")
    links.mkdir(exist_ok=True)
    for path in libraries.iterdir():
        found = re.match(r"(lib(?:av|sw)\w+)-\w+\.so\.(\d+)", path.name)
        link = links / f"{found[1]}.so.{found[2]}" if found else None
        if link and not link.is_symlink():
            link.symlink_to(path)
    os.environ[_SEARCHED] = f"{links}:{libraries}"
    os.execv(sys.executable, sys.orig_argv)


_find_ffmpeg()  # The loader of libraries looks at it when a process starts.


class Clips(torch.utils.data.Dataset):
    """A random clip of each video."""

    def __init__(self, job: input_worker.Job):
        self.paths = sorted(map(str, pathlib.Path(job.data).rglob("*.mp4")))
        self.job = job
        self.augmentation = torch_batches.augmentation(job.size)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, number: int) -> torch.Tensor:
        from torchcodec import decoders

        # The other mode looks through the whole file first.
        video = decoders.VideoDecoder(
            self.paths[number], seek_mode="approximate"
        )
        first = torch_batches.start_of(len(video), self.job)
        indices = range(self.job.frames)
        wanted = [first + i * self.job.stride for i in indices]
        return self.augmentation(video.get_frames_at(wanted).data)


def batches(job: input_worker.Job) -> Iterator[Any]:
    """Yields uint8 [B, T, 3, H, W]."""
    yield from torch_batches.batches(Clips(job), job)
