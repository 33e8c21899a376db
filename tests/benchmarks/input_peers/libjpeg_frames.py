"""libjpeg-turbo alone, in C: the needed frames are decoded and forgotten.

Nothing is read, scaled, mirrored or batched. Frames are reduced as
pipelines.decoding.frame_decoding reduces them for the same windows; variant
`whole` decodes them up to their edges, `window` decodes no more than the
window.
"""

import collections
import concurrent.futures
import ctypes
import itertools
import os
import pathlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.benchmarks.input import input_worker, single_frames

PACKAGES = ()
SOURCE = pathlib.Path(__file__).parent / "libjpeg_decode.c"
WINDOWS = "windows.npy"


class Decoder:
    """Decodes the clips that were drawn for this folder."""

    def __init__(self, job: input_worker.Job):
        self.job = job
        self.stored = single_frames.read(job.data)
        self.drawn = np.load(pathlib.Path(job.data, WINDOWS)).tolist()
        self.decode_clip = _compiled(pathlib.Path(job.data)).decode_clip
        # Whole numbers would be cut to 32 bits, were they not told apart.
        pointer, count, size = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
        self.decode_clip.argtypes = [pointer, pointer, count, count, count]
        self.decode_clip.argtypes += [pointer, pointer, size]
        self.of_thread = threading.local()

    def decode(self, number: int) -> None:
        """Decodes one clip into memory of this thread."""
        clip, first, *window = self.drawn[number % len(self.drawn)]
        times = min(window[2:]) // self.job.size
        ratio = 4 if times >= 4 else 2 if times >= 2 else 1
        window = [edge // ratio for edge in window]
        if self.job.variant == "whole":
            window = [0] * 4
        if not hasattr(self.of_thread, "out"):
            self.of_thread.out = np.zeros((*self.stored.shape, 3), np.uint8)
        out = self.of_thread.out
        rows = self.decode_clip(
            self.stored.data.ctypes.data,
            self.stored.edges[clip, first:].ctypes.data,
            self.job.frames,
            self.job.stride,
            ratio,
            (ctypes.c_int * 4)(*window),
            out.ctypes.data,
            out.size,
        )
        wanted = window[2] or -(-self.stored.shape[0] // ratio)
        if rows != wanted * self.job.frames:
            raise ValueError(f"libjpeg gave {rows} rows of clip {clip}")


def batches(job: input_worker.Job) -> Iterator[Any]:
    """Yields the numbers of the clips that were decoded."""
    decoder = Decoder(job)
    pending: collections.deque = collections.deque()
    with concurrent.futures.ThreadPoolExecutor(job.workers) as pool:
        for number in itertools.count():
            pending.append(pool.submit(decoder.decode, number))
            if len(pending) == 3 * job.batch:
                for _ in range(job.batch):
                    pending.popleft().result()
                yield range(job.batch)


def _compiled(folder: pathlib.Path) -> ctypes.CDLL:
    library = folder / f"libjpeg_decode_{os.getpid()}.so"
    words = ["gcc", "-O3", "-shared", "-fPIC", SOURCE, "-o", library, "-ljpeg"]
    subprocess.run(words, check=True, stdout=sys.stderr)
    try:
        return ctypes.CDLL(str(library))
    finally:
        library.unlink()  # It stays mapped.
