import shutil

import numpy as np
import pytest
import tensorflow as tf

from pipelines.reading import clip_table, shard_reader
from tests import run_modes
from tfrecords_tools import schema
from tfrecords_tools.base.files import shard_index

NUMBERS = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13]  # 5 is a gap


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


@pytest.fixture
def copy(coded_shards, tmp_path):
    """Shards to spoil."""
    return shutil.copytree(coded_shards, tmp_path / "shards")


@pytest.fixture(scope="module")
def facts(coded_shards):
    """Names, bytes and chunks of the shards."""
    about = shard_reader.ShardReader(coded_shards, "train", whole=False)
    return (
        [shard.name for shard in about.shards],
        np.int64([shard.size for shard in about.shards]),
        np.int64([shard.chunks for shard in about.shards]),
    )


def loaded(folder, facts, version=schema.VERSION, run=run_modes.eagerly):
    """The table of all shards as `load` reads it."""
    names, sizes, chunks = facts
    paths = [f"{folder}/{name}" for name in names]
    return run(
        lambda *given: clip_table.load(*given, version), paths, sizes, chunks
    )


def place(number):
    return tf.constant(NUMBERS.index(number), tf.int64)


def test_clips_keep_their_numbers_across_a_gap(reader):
    found = [int(reader.table.clip_id(place(n))) for n in NUMBERS]
    assert found == reader.table.ids.numpy().tolist() == NUMBERS


def test_frames_of_a_clip_are_counted_over_its_chunks(reader):
    stored = reader.table.chunks(place(13)).stored_frames()
    assert stored == 36  # 10 + 2 * 13, in chunks of 8
    assert stored.dtype == tf.int64


def test_chunks_of_a_clip_follow_one_another(reader):
    chunks = reader.table.chunks(place(13)).columns
    assert chunks.first_frame.numpy().tolist() == [0, 8, 16, 24, 32]
    assert chunks.frames.numpy().tolist() == [8, 8, 8, 8, 4]
    starts = [0, 320_000, 640_000, 960_000, 1_280_000]
    assert chunks.start_time.numpy().tolist() == starts
    assert chunks.end_time.numpy().tolist() == [*starts[1:], 1_440_000]


def test_span_of_a_clip_is_from_its_first_frame_to_the_end_of_its_last(reader):
    span = reader.table.chunks(place(13)).span()
    assert [int(time) for time in span] == [0, 1_440_000]


def test_first_chunk_begins_where_its_shard_does(reader):
    chunks = reader.table.chunks(place(6))  # The first of the second shard.
    assert chunks.columns.offset[0] == 0
    assert chunks.path.numpy().endswith(b"train-00001-of-00003.tfrecord")


@run_modes.both
def test_table_read_in_the_graph_is_that_read_before(
    coded_shards, facts, reader, run
):
    found = loaded(coded_shards, facts, run=run)
    pairs = zip(
        tf.nest.flatten(found), tf.nest.flatten(reader.table), strict=True
    )
    for one, other in pairs:
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


def test_table_travels_with_the_elements_of_a_data_set(reader):
    data = tf.data.Dataset.from_tensors(reader.table)
    ids = data.map(lambda table: table.clip_id(place(13)))
    assert list(ids.as_numpy_iterator()) == [13]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-64],
        lambda content: content[:-1],
        lambda content: b"x" + content[1:],
        lambda content: b"",
    ],
)
@run_modes.both
def test_changed_index_is_refused(copy, facts, spoil, run):
    path = copy / "train-00001-of-00003.index"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(tf.errors.InvalidArgumentError):
        loaded(copy, facts, run=run)


def test_index_of_another_shard_is_named(copy, facts):
    other = copy / "train-00000-of-00003.index"
    shutil.copy(other, copy / "train-00001-of-00003.index")
    with pytest.raises(tf.errors.InvalidArgumentError, match="another.*00001"):
        loaded(copy, facts)


def test_index_of_other_sizes_but_as_many_chunks_is_refused(copy, facts):
    path = copy / "train-00001-of-00003.index"
    rows = shard_index.read(path, schema.VERSION).copy()
    rows[0, shard_index.COLUMNS.index("length")] += 1
    shard_index.write(path, rows, schema.VERSION)
    with pytest.raises(tf.errors.InvalidArgumentError, match="changed"):
        loaded(copy, facts)


def test_index_of_another_schema_version_is_refused(coded_shards, facts):
    with pytest.raises(tf.errors.InvalidArgumentError, match="changed"):
        loaded(coded_shards, facts, schema.VERSION + 1)
