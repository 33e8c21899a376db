"""Mixes each clip of a batch and its label with the next one."""

from collections.abc import Callable, Sequence

import tensorflow as tf

from pipelines import clip_labels
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors, registry


def build(
    mixes: Sequence[registry.Chosen],
    manifest: manifests.Manifest,
    other_entries: Sequence[str] = (),
) -> Callable[[dict], dict]:
    """Builds the function that mixes batches.

    Args:
        mixes: files of `pipelines.augmentations` that offer `mix`.
        manifest: of the shards, for its labels.
        other_entries: flags that add entries besides frames and labels.

    Returns:
        A function (batch) -> the batch without `mixing_seed`. With any
        `mixes`, all labels are soft.

    Raises:
        UserError: a batch has entries that cannot be mixed.
    """
    if mixes and other_entries:
        raise errors.UserError(
            f"--augment={mixes[0].name} mixes the frames and labels of two "
            f"clips, but not the entries of {other_entries[0]}: leave one of "
            "them out"
        )
    tasks = {f"label.{task}": names for task, names in manifest.tasks.items()}
    known = {"label": manifest.labels, **tasks}
    fold = tf.random.experimental.stateless_fold_in

    def mix_batch(batch: dict) -> dict:
        batch = dict(batch)
        seeds = tf.unstack(batch.pop("mixing_seed"))
        for number, chosen in enumerate(mixes):
            mix_seeds = tf.stack([fold(seed, number) for seed in seeds])
            mix = chosen.module.mix(chosen.config)
            batch["frames"], weights = _unless_unreadable(
                batch, *mix(batch["frames"], mix_seeds)
            )
            for name, labels in known.items():
                batch[name] = clip_labels.mix_labels(
                    batch[name], len(labels), weights
                )
        return batch

    return mix_batch


def _unless_unreadable(
    batch: dict, frames: tf.Tensor, weights: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Leaves rows unchanged whose partner could not be read."""
    is_mixed = tf.roll(batch["mask"], -1, axis=0) > 0
    kept = tf.cond(
        tf.reduce_all(is_mixed),
        lambda: frames,
        lambda: tf.where(
            is_mixed[:, None, None, None, None], frames, batch["frames"]
        ),
    )
    return tf.ensure_shape(kept, frames.shape), tf.where(is_mixed, weights, 1.0)
