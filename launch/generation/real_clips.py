"""The real clips that samples are measured against, in two halves.

One half is the reference of every distance. The other stands where samples
stand: as it is it says how near real clips come, with its frames in random
order how far clips are whose every frame is real.
"""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pipelines import batch, clip_dataset
from pipelines.reading import damaged_records
from tfrecords_tools.base import errors, progress


class RealBatch(NamedTuple):
    """Some real clips.

    Attributes:
        places: int64 [B], places among all that are drawn: below `count` in
            the reference, from it on in the other half.
        frames: uint8 [B, T, H, W, 3].
        labels: int32 [B], ids; -1 where there is no one label.
    """

    places: np.ndarray
    frames: np.ndarray
    labels: np.ndarray


class RealClips:
    """The clips of a split, as evaluation sees them.

    Attributes:
        labels: of the data.
        available: how many clips there are.
        frame_rate: that they were stored at; None: each at its own.
        fingerprint: SHA-256, hexadecimal, of the split's shards.
    """

    def __init__(self, shards: str, split: str, clip: batch.ClipSpec):
        """Opens a split; UserError where it is not there."""
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
        """Raises UserError where there are not two halves of `count`."""
        if 2 * count > self.available:
            raise errors.UserError(
                f"got {self.available} real clips, wanted {2 * count}, two "
                f"halves of {count}: lower --count, or take another --split"
            )

    def draw(
        self, count: int, seed: int, batch_size: int
    ) -> Iterator[RealBatch]:
        """Twice `count` clips, none twice, in the order of the shards.

        Args:
            count: clips of a half.
            seed: which clips, and in which half.
            batch_size: clips that are decoded at a time.

        Raises:
            UserError: there are too few, or one is damaged.
        """
        self.check(count)
        order = np.random.default_rng(seed).permutation(self.available)
        places = np.argsort(order)
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
                now = places[done : done + batch_size]
                yield from _chosen(batch, now, 2 * count)
                done += len(now)
                advance(done)


def shuffled(frames: np.ndarray, seed: int, places: np.ndarray) -> np.ndarray:
    """The frames of each clip in an order of its own.

    Args:
        frames: uint8 [B, T, H, W, 3].
        seed: of the measurement.
        places: int64 [B], which say the order together with the seed.
    """
    orders = [
        np.random.default_rng([seed, place]).permutation(frames.shape[1])
        for place in places
    ]
    return np.stack(
        [clip[order] for clip, order in zip(frames, orders, strict=True)]
    )


def _chosen(batch: dict, places: np.ndarray, count: int) -> Iterator[RealBatch]:
    """Those of a batch whose place is below `count`; none that only fill it."""
    rows = np.flatnonzero(places < count)
    labels = batch["label"]
    if labels.ndim > 1:
        labels = np.full(len(labels), -1)
    if len(rows):
        frames = batch["frames"][rows, 0]
        yield RealBatch(places[rows], frames, labels[rows].astype(np.int32))
