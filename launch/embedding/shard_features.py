"""Features of the clips of shards, as evaluation sees them."""

import os
from collections.abc import Callable, Collection
from typing import NamedTuple, Protocol

import numpy as np

from pipelines import batch, clip_dataset
from pipelines.reading import shard_reader


class Encoder(Protocol):
    """A network from clips to features."""

    clip: batch.ClipSpec
    """Of its input."""
    fingerprint: str
    """Of its weights."""
    batch_size: int
    """Clips at a time."""

    def embed(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 [N, T, size, size, 3] to float32 [N, D]."""


class Features(NamedTuple):
    """Features of the clips of a split that could be read.

    Attributes:
        clip_ids: int64 [N], numbers of the clips within the split.
        values: float32 [N, D].
    """

    clip_ids: np.ndarray
    values: np.ndarray


def compute(
    encoder: Encoder,
    folder: str | os.PathLike,
    split: str,
    names: Collection[str] | None = None,
    done: Callable[[int], None] = lambda clips: None,
) -> Features:
    """Computes the features of the central view of every clip.

    Args:
        encoder: the network.
        folder: of the shards.
        split: train, validation or test.
        names: of the shards to read; None for all.
        done: receives the number of clips so far, after each batch; may raise
            to stop.

    Raises:
        UserError: shards are missing or damaged.
    """
    reader = shard_reader.ShardReader(folder, split, names=names)
    input_config = clip_dataset.Input(
        encoder.clip, reader=clip_dataset.Config(on_corrupt="skip")
    )
    batch_shard = clip_dataset.BatchShard(encoder.batch_size)
    clip_ids, values, count = [], [], 0
    for each in clip_dataset.evaluation(reader, input_config, batch_shard):
        good = each["mask"].numpy() > 0
        features = encoder.embed(each["frames"][:, 0].numpy())
        clip_ids.append(each["clip_id"].numpy()[good])
        values.append(features[good])
        count += int(good.sum())
        done(count)
    return Features(np.concatenate(clip_ids), np.concatenate(values))
