import shutil

import numpy as np
import pytest
import tensorflow as tf

from pipelines.reading import shard_reader
from tests import shards
from tfrecords_tools import manifest, schema
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import shard_index


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


@pytest.fixture
def copy(coded_shards, tmp_path):
    """Shards to spoil."""
    return shutil.copytree(coded_shards, tmp_path / "shards")


def opened(folder, split="train", **more):
    return shard_reader.ShardReader(folder, split, **more)


def test_clips_are_counted(reader):
    assert reader.clips == 13
    assert [shard.clips for shard in reader.shards] == [5, 4, 4]


def test_least_frames_and_least_seconds_are_told(reader):
    assert reader.shortest() == (3, 0.12)  # Clip 9, at 25 frames a second.


def test_least_frames_and_least_seconds_may_be_of_two_clips(tmp_path):
    quick = shards.Clip(0, 4, times=(7, 100_007, 200_007, 300_007, 500_007))
    many = shards.Clip(1, 10)
    shards.write(tmp_path, {"train": [quick, many]}, chunk_frames=3)
    assert opened(tmp_path).shortest() == (4, 0.4)


def test_index_may_be_left_on_disk(coded_shards, reader):
    bare = opened(coded_shards, whole=False)
    assert bare.table is None
    assert bare.clips == reader.clips


def test_index_of_some_shards_is_read_where_it_is_wanted(coded_shards):
    bare = opened(coded_shards, whole=False)
    table = bare.load(tf.constant([2, 0], tf.int64))
    found = [int(table.clip_id(tf.constant(i, tf.int64))) for i in range(9)]
    assert found == [10, 11, 12, 13, 0, 1, 2, 3, 4]


def test_index_too_large_for_a_graph_is_refused(coded_shards, monkeypatch):
    monkeypatch.setattr(shard_reader, "MOST_CHUNKS", 10)
    with pytest.raises(errors.UserError, match="--reader.shuffle=blocks"):
        opened(coded_shards)


def test_shards_may_be_in_any_file_system_of_tensorflow(coded_shards):
    there = "ram://coded_shards"
    tf.io.gfile.makedirs(there)
    for path in coded_shards.iterdir():
        if path.is_file():
            tf.io.gfile.copy(str(path), f"{there}/{path.name}", overwrite=True)
    found = opened(there)
    assert found.clips == 13
    here = opened(coded_shards).table.columns
    assert np.array_equal(found.table.columns, here)


def test_missing_folder_in_another_file_system_is_one_clear_error():
    with pytest.raises(errors.UserError, match="cannot read manifest ram://"):
        opened("ram://none")


def test_missing_folder_is_one_clear_error(tmp_path):
    with pytest.raises(errors.UserError, match="build_shards"):
        opened(tmp_path / "none")


def test_missing_split_names_those_that_are_there(coded_shards):
    with pytest.raises(errors.UserError, match="'test'.*train, validation"):
        opened(coded_shards, "test")


def test_missing_shard_is_named(copy):
    (copy / "train-00001-of-00003.tfrecord").unlink()
    with pytest.raises(errors.UserError, match="train-00001-of-00003.tfrec"):
        opened(copy)


def test_missing_index_is_named(copy):
    (copy / "train-00001-of-00003.index").unlink()
    with pytest.raises(errors.UserError, match="train-00001-of-00003.index"):
        opened(copy)


@pytest.mark.parametrize("whole", [True, False])
def test_cut_shard_is_named(copy, whole):
    path = copy / "train-00002-of-00003.tfrecord"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(errors.UserError, match="00002.*changed or truncated"):
        opened(copy, whole=whole)


def test_index_of_another_shard_is_named(copy):
    other = copy / "train-00000-of-00003.index"
    shutil.copy(other, copy / "train-00001-of-00003.index")
    with pytest.raises(errors.UserError, match="train-00001-of-00003.index"):
        opened(copy)


def test_damaged_index_is_named(copy):
    path = copy / "train-00001-of-00003.index"
    path.write_bytes(path.read_bytes()[:-8] + bytes(8))
    with pytest.raises(errors.UserError, match="00001.*index is damaged"):
        opened(copy)


def test_index_of_another_schema_version_is_refused(copy):
    path = copy / "train-00001-of-00003.index"
    rows = shard_index.read(path, schema.VERSION)
    shard_index.write(path, rows, schema.VERSION + 1)
    with pytest.raises(errors.UserError, match="schema version 3.*again"):
        opened(copy)


def test_manifest_of_another_schema_version_is_refused(copy):
    path = copy / manifest.FILE_NAME
    text = path.read_text()
    path.write_text(text.replace('schema_version": 2', 'schema_version": 9'))
    with pytest.raises(errors.UserError, match="schema version 9.*again"):
        opened(copy)


def test_shards_of_failed_clips_only_have_nothing_to_read(tmp_path):
    shards.write(tmp_path, {"train": []})
    with pytest.raises(errors.UserError, match="has no clips"):
        opened(tmp_path)


def test_a_shard_without_clips_is_passed_over(tmp_path):
    clips = [shards.Clip(0, 4), shards.Clip(1, 4)]
    shards.write(tmp_path, {"train": clips}, shards=3)
    assert opened(tmp_path).clips == 2
