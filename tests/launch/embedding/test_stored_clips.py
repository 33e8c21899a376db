import pytest

from launch.embedding import stored_clips
from tfrecords_tools import manifest
from tfrecords_tools.base import errors


def test_clips_have_their_numbers_and_labels(coded_shards):
    found = stored_clips.list_clips(
        coded_shards, manifest.read(coded_shards), "validation"
    )
    first = next(found)
    assert first.key == ("validation", 0) and first.labels == ("a",)


def test_a_number_that_is_missing_is_named(coded_shards):
    with pytest.raises(errors.UserError, match="no clip 5 in the split train"):
        stored_clips.find(coded_shards, manifest.read(coded_shards), "train", 5)
