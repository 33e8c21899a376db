"""Mixes every clip of a batch with the next one, and their labels."""

from collections.abc import Callable, Sequence

import tensorflow as tf

from pipelines import clip_labels
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors, registry


def build(
    mixes: Sequence[registry.Chosen],
    about: manifests.Manifest,
    beside: Sequence[str] = (),
) -> Callable[[dict], dict]:
    """What is done to every batch.

    Args:
        mixes: files of `pipelines.augmentations` that offer `mix`.
        about: the data set, for its labels.
        beside: flags of what batches hold besides frames and labels.

    Returns:
        A function (batch) -> batch without `mixing_seed`; if anything is
        mixed, all labels are soft.

    Raises:
        UserError: a batch holds what cannot be mixed.
    """
    if mixes and beside:
        raise errors.UserError(
            f"--augment={mixes[0].name} mixes the frames and labels of two "
            f"clips, but not what {beside[0]} adds: leave one of them out"
        )
    tasks = {f"label.{task}": names for task, names in about.tasks.items()}
    known = {"label": about.labels, **tasks}
    fold = tf.random.experimental.stateless_fold_in

    def mixed(found: dict) -> dict:
        found = dict(found)
        seeds = tf.unstack(found.pop("mixing_seed"))
        for number, chosen in enumerate(mixes):
            own_seeds = tf.stack([fold(seed, number) for seed in seeds])
            mix = chosen.module.mix(chosen.config)
            found["frames"], own = _unless_unreadable(
                found, *mix(found["frames"], own_seeds)
            )
            for name, labels in known.items():
                found[name] = clip_labels.mixed(found[name], len(labels), own)
        return found

    return mixed


def _unless_unreadable(
    found: dict, frames: tf.Tensor, own: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Rows whose partner could not be read stay as they were."""
    is_mixed = tf.roll(found["mask"], -1, axis=0) > 0
    kept = tf.cond(
        tf.reduce_all(is_mixed),
        lambda: frames,
        lambda: tf.where(
            is_mixed[:, None, None, None, None], frames, found["frames"]
        ),
    )
    return tf.ensure_shape(kept, frames.shape), tf.where(is_mixed, own, 1.0)
