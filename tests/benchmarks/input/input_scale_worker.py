"""One line of input_scale, in a process of its own; tells it as JSON.

The graph is that of training up to the bytes of the frames; see
`clip_dataset.reading`.
"""

import json
import pathlib
import re
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from pipelines import batch, clip_dataset
from tests.benchmarks.input import simulated_split

BATCH = 64  # So that counting them in Python costs little.
LEAD_SECONDS = 0.5  # Until tf.data has tuned itself.


class Job(NamedTuple):
    """What is to be measured.

    Attributes:
        folder: of a simulated split.
        shuffle: global or blocks.
        seconds: for how long.
    """

    folder: str
    shuffle: str
    seconds: float


def main() -> None:
    """Opens the split, reads clips and tells what that took."""
    job = Job(**json.loads(sys.argv[1]))
    list(tf.data.Dataset.range(2).map(lambda i: i + 1))
    before = _resident_mebibytes()
    start = time.perf_counter()
    with simulated_split.constant_records():
        batches = iter(_batches(job))
        seen = [next(batches)]
    taken = {"start_seconds": time.perf_counter() - start}
    start = time.perf_counter()
    while time.perf_counter() - start < LEAD_SECONDS:
        seen.append(next(batches))
    taken |= _timed(batches, job.seconds, seen)
    _check(job, seen)
    resident = _resident_mebibytes()
    taken |= {"own_mebibytes": resident - before, "mebibytes": resident}
    print(json.dumps(taken))


def _batches(job: Job) -> tf.data.Dataset:
    config = clip_dataset.Config(shuffle=job.shuffle)
    wanted = clip_dataset.Input(batch.ClipSpec(), reader=config)
    reader = clip_dataset.open_split(job.folder, "train", wanted)
    batch_shard = clip_dataset.BatchShard(BATCH)
    clips = clip_dataset.reading(reader, wanted, batch_shard, seed=0)

    def told(found: dict) -> dict:
        size = tf.reduce_sum(tf.strings.length(found["frames"]))
        return {"clip_id": found["clip_id"], "bytes": size}

    return clips.map(told).batch(BATCH)


def _timed(batches: Iterator[dict], seconds: float, seen: list) -> dict:
    before, start, cpu = len(seen), time.perf_counter(), time.process_time()
    while time.perf_counter() - start < seconds:
        seen.append(next(batches))
    clips = BATCH * (len(seen) - before)
    return {
        "clips_a_second": clips / (time.perf_counter() - start),
        "cpu_milliseconds": 1000 * (time.process_time() - cpu) / clips,
    }


def _check(job: Job, seen: list[dict]) -> None:
    """No clip comes twice in an epoch, and all frames are there."""
    numbers = np.concatenate([each["clip_id"].numpy() for each in seen])
    sizes = np.concatenate([each["bytes"].numpy() for each in seen])
    clip = batch.ClipSpec()
    if (sizes != clip.frames * simulated_split.FRAME_BYTES).any():
        raise ValueError(f"{job.folder}: frames are missing")
    clips = simulated_split.clips_in(pathlib.Path(job.folder))
    epochs = -(-len(numbers) // clips)
    if np.unique(numbers, return_counts=True)[1].max() > epochs:
        raise ValueError(f"{job.folder}: a clip came twice in an epoch")


def _resident_mebibytes() -> float:
    text = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024


if __name__ == "__main__":
    main()
