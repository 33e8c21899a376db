"""Turns write errors of TensorFlow into a UserError."""

import contextlib
import pathlib
from collections.abc import Iterator

import tensorflow as tf

from tfrecords_tools.base import errors


@contextlib.contextmanager
def explained(path: pathlib.Path, others: str) -> Iterator[None]:
    """Raises UserError if TensorFlow cannot write.

    Args:
        path: the file or folder, for the message.
        others: what stays untouched, such as "Older versions".
    """
    try:
        yield
    except tf.errors.OpError as error:
        full = isinstance(error, tf.errors.ResourceExhaustedError)
        remedy = "free some space" if full else "make it writable"
        raise errors.UserError(
            f"cannot write {path}: {error.message}. {others} are untouched; "
            f"{remedy} and run the same command again"
        ) from error
