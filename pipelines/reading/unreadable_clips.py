"""Puts an empty example where a clip cannot be read, and goes on."""

from collections.abc import Callable

import tensorflow as tf

from pipelines.reading import clip_order


def tolerant(
    example: Callable[[clip_order.SampleIndex], dict],
) -> Callable[[clip_order.SampleIndex], dict]:
    """The same function, but for clips that it fails to read or decode.

    Args:
        example: makes one example of a sample index.

    Returns:
        A function that gives for those zeros: mask 0, no label, and the
        number of the clip. All others keep their places.
    """

    def made(index: clip_order.SampleIndex) -> dict:
        one = tf.data.Dataset.from_tensors(index).map(example)
        empty = {
            name: tf.zeros(spec.shape, spec.dtype)
            for name, spec in one.element_spec.items()
        }
        for name, value in empty.items():
            if name.startswith("label") and value.dtype == tf.int32:
                empty[name] = value - 1
        empty["clip_id"] = index.table.clip_id(index.place)
        either = one.ignore_errors(log_warning=True).concatenate(
            tf.data.Dataset.from_tensors(empty)
        )
        return either.take(1).get_single_element()

    return made
