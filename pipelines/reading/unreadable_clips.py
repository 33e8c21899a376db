"""Replaces unreadable clips by empty, masked examples."""

from collections.abc import Callable

import tensorflow as tf

from pipelines.reading import clip_order


def tolerant(
    example: Callable[[clip_order.SampleIndex], dict],
) -> Callable[[clip_order.SampleIndex], dict]:
    """Wraps a function so that unreadable clips give an empty example.

    Args:
        example: builds the example of a sample index.

    Returns:
        A function that gives zeros with mask 0, no label and the number of
        the clip if `example` fails. All other clips keep their positions.
    """

    def example_or_empty(index: clip_order.SampleIndex) -> dict:
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

    return example_or_empty
