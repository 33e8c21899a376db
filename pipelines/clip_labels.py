"""Labels of a batch, hard or soft, from the label ids of records."""

import tensorflow as tf

from tfrecords_tools import manifest as manifests


def read_labels(
    record: dict[str, tf.Tensor], manifest: manifests.Manifest
) -> dict[str, tf.Tensor]:
    """Returns `label`, and `label.<task>` for each further label set.

    Returns:
        int32 [] each, -1 if unlabelled; float32 [classes] for multi-label
        sets.
    """
    label = _label(
        record["label_ids"], len(manifest.labels), manifest.several_labels
    )
    further = {
        f"label.{task}": _label(
            record[f"{task}.label_ids"],
            len(names),
            task in manifest.several_tasks,
        )
        for task, names in manifest.tasks.items()
    }
    return {"label": label, **further}


def mix_labels(
    labels: tf.Tensor, classes: int, weights: tf.Tensor
) -> tf.Tensor:
    """Soft labels of rows, each mixed with the next one.

    Args:
        labels: int32 [B], or float32 [B, classes].
        classes: how many there are.
        weights: float32 [B], weight of each row's own label; the label of
            the next row (of the first row, for the last one) has the rest.

    Returns:
        float32 [B, classes].
    """
    if labels.dtype != tf.float32:
        labels = tf.one_hot(labels, classes)
    weights = weights[:, None]
    return weights * labels + (1.0 - weights) * tf.roll(labels, -1, axis=0)


def _label(ids: tf.Tensor, classes: int, several: bool) -> tf.Tensor:
    with_none = tf.concat([ids, [-1]], axis=0)
    if several:
        return tf.reduce_max(tf.one_hot(with_none, classes), axis=0)
    return tf.cast(with_none[0], tf.int32)
