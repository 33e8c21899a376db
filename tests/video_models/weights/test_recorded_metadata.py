import pytest

from tfrecords_tools.base import errors
from video_models.weights import recorded_metadata


def test_metadata_of_the_first_version_gets_the_names_of_this_one():
    old = {"step": 2, "watch": {"step": 1}, "taught_by": "a"}
    assert recorded_metadata.upgrade(old) == {
        "step": 2,
        "monitor": {"step": 1},
        "reference_fingerprint": "a",
    }


def test_metadata_of_a_later_version_is_refused():
    later = {"step": 2, "format_version": recorded_metadata.FORMAT_VERSION + 1}
    with pytest.raises(errors.UserError, match="step 2 has format version 3"):
        recorded_metadata.upgrade(later)
