"""Label ids of a record into what a batch holds, hard or soft."""

import tensorflow as tf

from tfrecords_tools import manifest as manifests


def of_record(
    record: dict[str, tf.Tensor], about: manifests.Manifest
) -> dict[str, tf.Tensor]:
    """`label` and a `label.<task>` for each further label set.

    Returns:
        int32 [], -1 where there is none; float32 [classes] where a clip may
        have several.
    """
    own = _label(record["label_ids"], len(about.labels), about.several_labels)
    further = {
        f"label.{task}": _label(
            record[f"{task}.label_ids"],
            len(names),
            task in about.several_tasks,
        )
        for task, names in about.tasks.items()
    }
    return {"label": own, **further}


def mixed(labels: tf.Tensor, classes: int, own: tf.Tensor) -> tf.Tensor:
    """Soft labels of rows that each hold a share of the next one.

    Args:
        labels: int32 [B], or float32 [B, classes].
        classes: how many there are.
        own: float32 [B], the share of a row's own clip; the rest is that of
            the next row, of the last one that of the first.

    Returns:
        float32 [B, classes].
    """
    if labels.dtype != tf.float32:
        labels = tf.one_hot(labels, classes)
    share = own[:, None]
    return share * labels + (1.0 - share) * tf.roll(labels, -1, axis=0)


def _label(ids: tf.Tensor, classes: int, several: bool) -> tf.Tensor:
    with_none = tf.concat([ids, [-1]], axis=0)
    if several:
        return tf.reduce_max(tf.one_hot(with_none, classes), axis=0)
    return tf.cast(with_none[0], tf.int32)
