"""What a contender of network_speed and inference_speed is told to do.

Plain values and functions, for the environments of all contenders.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Job(NamedTuple):
    """One network, and what is done with it.

    Attributes:
        peer: file in `network_peers`.
        network: one of `network_contenders.NETWORKS`.
        task: train or predict.
        batch: clips at a time.
        frames: of a clip.
        size: height and width, pixels.
        classes: of the head.
        threads: for each operation.
        options: what the peer offers beside its plain form.
    """

    peer: str
    network: str
    task: str
    batch: int
    frames: int
    size: int
    classes: int
    threads: int
    options: tuple[str, ...] = ()


class Built(NamedTuple):
    """What a peer's `build(job)` gives.

    Attributes:
        once: takes a step, or predicts, and gives the mean loss or logits.
        parameters: trainable ones.
    """

    once: Callable[[], Any]
    parameters: int


def frames(job: Job) -> np.ndarray:
    """uint8 [B, T, H, W, 3], the same for all contenders."""
    shape = (job.batch, job.frames, job.size, job.size, 3)
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def labels(job: Job) -> np.ndarray:
    """int64 [B]."""
    return np.random.default_rng(1).integers(0, job.classes, job.batch)
