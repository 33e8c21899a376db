import numpy as np
import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.base.files import shard_index

ROWS = np.arange(24).reshape(3, 8) * 10**9


@pytest.fixture
def path(tmp_path):
    shard_index.write(tmp_path / "a.index", ROWS, version=1)
    return tmp_path / "a.index"


def test_rows_come_back(path):
    assert np.array_equal(shard_index.read(path, 1), ROWS)


def test_no_rows_come_back_as_none(tmp_path):
    shard_index.write(tmp_path / "a.index", np.zeros((0, 8)), 1)
    assert shard_index.read(tmp_path / "a.index", 1).shape == (0, 8)


@pytest.mark.parametrize("place", [9, 20, 33, 60, -1])
def test_a_changed_byte_is_found(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(errors.UserError, match="a.index"):
        shard_index.read(path, 1)


@pytest.mark.parametrize("kept", [0, 10, 36, 100])
def test_a_cut_index_is_found(path, kept):
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(errors.UserError, match="a.index"):
        shard_index.read(path, 1)


def test_another_version_is_refused(path):
    with pytest.raises(errors.UserError, match="schema version 1"):
        shard_index.read(path, 2)


def test_a_missing_index_is_named(tmp_path):
    with pytest.raises(errors.UserError, match="none.index"):
        shard_index.read(tmp_path / "none.index", 1)
