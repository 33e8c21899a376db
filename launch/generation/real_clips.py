"""The real clips that samples are compared with, in two halves.

One half is the reference of every distance. The other half is evaluated like
samples: unchanged as the floor, and with its frames in random order as the bar
for motion.
"""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pipelines import batch, clip_dataset
from pipelines.reading import damaged_records
from tfrecords_tools.base import errors, progress


class RealBatch(NamedTuple):
    """A batch of real clips.

    Attributes:
        positions: int64 [B], positions in the draw: below `count` in the
            reference, the rest in the other half.
        frames: uint8 [B, T, H, W, 3].
        labels: int32 [B], ids; -1 for clips without a single label.
    """

    positions: np.ndarray
    frames: np.ndarray
    labels: np.ndarray


class RealClips:
    """The clips of a split, sampled as in evaluation.

    Attributes:
        labels: of the data set.
        available: number of clips.
        frame_rate: of the stored clips; None if each keeps its own.
        fingerprint: SHA-256, hexadecimal, of the split's shards.
    """

    def __init__(self, shards: str, split: str, clip: batch.ClipSpec):
        """Opens a split; UserError if it is missing."""
        self._input_config = clip_dataset.Input(clip)
        self._reader = clip_dataset.open_split(
            shards, split, self._input_config
        )
        manifest = self._reader.manifest
        self.labels, self.available = manifest.labels, self._reader.clips
        self.frame_rate = (manifest.settings.get("media") or {}).get(
            "frame_rate"
        )
        digest = hashlib.sha256()
        for shard in manifest.shards(split):
            digest.update(f"{shard.sha256} {shard.index_sha256}\n".encode())
        self.fingerprint = digest.hexdigest()

    def check(self, count: int) -> None:
        """Raises UserError if there are too few clips for two halves."""
        if 2 * count > self.available:
            raise errors.UserError(
                f"got {self.available} real clips, wanted {2 * count}, two "
                f"halves of {count}: lower --count, or use another --split"
            )

    def draw(
        self, count: int, seed: int, batch_size: int
    ) -> Iterator[RealBatch]:
        """Draws 2 * `count` clips without repeats, in shard order.

        Args:
            count: clips per half.
            seed: of the selection and the halves.
            batch_size: clips decoded at once.

        Raises:
            UserError: there are too few clips, or one is damaged.
        """
        self.check(count)
        order = np.random.default_rng(seed).permutation(self.available)
        positions = np.argsort(order)
        batch_shard = clip_dataset.BatchShard(batch_size)
        data = clip_dataset.evaluation(
            self._reader, self._input_config, batch_shard
        )
        done = 0
        with (
            damaged_records.explained(self._reader),
            progress.bar("real clips", self.available) as advance,
        ):
            for batch in data.as_numpy_iterator():
                now = positions[done : done + batch_size]
                yield from _chosen(batch, now, 2 * count)
                done += len(now)
                advance(done)


def shuffled(
    frames: np.ndarray, seed: int, positions: np.ndarray
) -> np.ndarray:
    """Shuffles the frames of each clip independently.

    Args:
        frames: uint8 [B, T, H, W, 3].
        seed: of the measurement.
        positions: int64 [B], determine the order together with the seed.
    """
    orders = [
        np.random.default_rng([seed, position]).permutation(frames.shape[1])
        for position in positions
    ]
    return np.stack(
        [clip[order] for clip, order in zip(frames, orders, strict=True)]
    )


def _chosen(
    batch: dict, positions: np.ndarray, count: int
) -> Iterator[RealBatch]:
    """The clips of a batch whose position is below `count`, no padding."""
    rows = np.flatnonzero(positions < count)
    labels = batch["label"]
    if labels.ndim > 1:
        labels = np.full(len(labels), -1)
    if len(rows):
        frames = batch["frames"][rows, 0]
        yield RealBatch(positions[rows], frames, labels[rows].astype(np.int32))
