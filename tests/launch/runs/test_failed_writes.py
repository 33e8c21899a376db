import pathlib

import pytest
import tensorflow as tf

from launch.runs import failed_writes
from tfrecords_tools.base import errors


@pytest.mark.parametrize(
    "kind, remedy",
    [
        (tf.errors.ResourceExhaustedError, "free some space"),
        (tf.errors.PermissionDeniedError, "make it writable"),
    ],
)
def test_what_tensorflow_cannot_write_is_one_clear_error(kind, remedy):
    with pytest.raises(errors.UserError) as caught:
        with failed_writes.explained(pathlib.Path("run"), "Older ones"):
            raise kind(None, None, "no room")
    assert str(caught.value) == (
        f"cannot write run: no room. Older ones are untouched; {remedy} and "
        "run the same command again"
    )


def test_other_errors_stay_what_they_are():
    with pytest.raises(KeyError):
        with failed_writes.explained(pathlib.Path("run"), "Older ones"):
            raise KeyError
