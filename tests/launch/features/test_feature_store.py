"""Rows on disk: whole or not at all, and continued after a stop."""

import numpy as np
import pytest

from launch.features import feature_store
from tfrecords_tools.base import errors

SPECS = {
    "features": feature_store.Spec((2, 3), "float32"),
    "label": feature_store.Spec((), "int32"),
}
MADE_FROM = {"weights": "a"}


def rows(first, count):
    numbers = np.arange(first, first + count)
    return {
        "features": np.tile(numbers[:, None, None], (1, 2, 3)),
        "label": numbers,
    }


def stopped(folder, made_from=MADE_FROM):
    """A write that stopped after 4 of 6 rows, all of them noted."""
    writer = feature_store.Writer(folder, 6, SPECS, made_from)
    writer.add(rows(0, 4))
    writer._save()


def test_a_written_folder_holds_its_rows(tmp_path):
    writer = feature_store.Writer(tmp_path / "a", 6, SPECS, MADE_FROM)
    writer.add(rows(0, 4))
    writer.add(rows(4, 2))
    writer.finish()
    assert list(feature_store.read(tmp_path / "a")["label"]) == list(range(6))


def test_a_stopped_write_is_not_there(tmp_path):
    stopped(tmp_path / "a")
    assert not feature_store.is_whole(tmp_path / "a")


def test_a_stopped_write_continues_after_its_rows(tmp_path):
    stopped(tmp_path / "a")
    writer = feature_store.Writer(tmp_path / "a", 6, SPECS, MADE_FROM)
    assert writer.done == 4
    writer.add(rows(4, 2))
    writer.finish()
    found = feature_store.read(tmp_path / "a")["features"]
    assert list(found[:, 1, 2]) == list(range(6))


def test_a_stopped_write_of_other_features_starts_over(tmp_path):
    stopped(tmp_path / "a", {"weights": "b"})
    writer = feature_store.Writer(tmp_path / "a", 6, SPECS, MADE_FROM)
    assert writer.done == 0


def test_another_description_has_another_folder(tmp_path):
    names = {
        feature_store.find(tmp_path, "train", {"weights": each}).name
        for each in "ab"
    }
    assert len(names) == 2


def test_too_small_a_disk_is_refused(tmp_path):
    with pytest.raises(
        errors.UserError, match="GB free.*--feature_cache.folder"
    ):
        feature_store.Writer(tmp_path / "a", 10**13, SPECS, MADE_FROM)
    assert not feature_store.is_whole(tmp_path / "a")


def test_damaged_features_are_named(tmp_path):
    (tmp_path / "features.npy").write_bytes(b"nothing")
    with pytest.raises(errors.UserError, match="remove that folder"):
        feature_store.read(tmp_path)
