import shutil

import numpy as np
import pytest
import tensorflow as tf

from pipelines import frame_decoding, shard_reader
from tests import run_modes, shards
from tfrecords_tools import manifest, schema
from tfrecords_tools.base import errors, shard_index

NUMBERS = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13]  # 5 is a gap


@pytest.fixture(scope="module")
def reader(coded_shards):
    return shard_reader.ShardReader(coded_shards, "train")


@pytest.fixture
def copy(coded_shards, tmp_path):
    """Shards to spoil."""
    return shutil.copytree(coded_shards, tmp_path / "shards")


def opened(folder, split="train"):
    return shard_reader.ShardReader(folder, split)


def reading(reader, run, place, frames):
    def read(place, frames):
        record = reader.read(place, frames)
        pixels = frame_decoding.decode_clip(record.pop("frames"))
        return {**record, "pixels": pixels}

    return run(read, np.int64(place), np.int32(frames))


def order(reader, epoch, seed=0):
    positions = tf.range(reader.clips, dtype=tf.int64) + epoch * reader.clips
    return [int(reader.training_place(p, seed)[0]) for p in positions]


def test_clips_keep_their_numbers_across_a_gap(reader):
    assert reader.clip_ids.tolist() == NUMBERS
    assert reader.clips == 13


def test_frames_of_a_clip_are_counted_over_its_chunks(reader):
    stored = reader.frame_count(tf.constant(12, tf.int64))
    assert stored == 36  # clip 13: 10 + 2 * 13, in chunks of 8
    assert stored.dtype == tf.int32


@run_modes.both
@pytest.mark.parametrize("place", [8, 12])
def test_every_frame_of_a_clip_is_the_right_one(reader, run, place):
    stored = int(reader.stored_frames[place])
    pixels = reading(reader, run, place, range(stored))["pixels"].numpy()
    assert set(shards.clips_in(pixels)) == {NUMBERS[place]}
    assert shards.frames_in(pixels).tolist() == list(range(stored))


@run_modes.both
def test_frames_come_in_the_order_that_was_asked(reader, run):
    frames = [20, 3, 7, 8, 20, 0]
    pixels = reading(reader, run, 12, frames)["pixels"].numpy()
    assert shards.frames_in(pixels).tolist() == frames


@run_modes.both
def test_times_belong_to_the_frames(reader, run):
    times = reading(reader, run, 12, [20, 0, 9])["times"]
    assert times.numpy().tolist() == [800_000, 0, 360_000]


@run_modes.both
def test_facts_of_the_clip_come_with_it(reader, run):
    record = reading(reader, run, 7, [0])  # clip 8
    assert record["path"] == b"8.mp4"
    assert record["label_ids"].numpy().tolist() == [2]
    assert record["place.labels"].numpy().tolist() == [b"x"]
    assert record["height"].numpy() == 24


@run_modes.both
def test_clip_without_label_has_none(reader, run):
    record = reading(reader, run, 4, [0])
    assert record["label_ids"].numpy().tolist() == []


def test_only_the_chunks_that_are_needed_are_read(reader, monkeypatch):
    rows = []

    def spied(row):
        rows.append(int(row))
        return original(row)

    original = reader._serialized
    monkeypatch.setattr(reader, "_serialized", spied)
    reading(reader, run_modes.eagerly, 12, [7, 8, 9])
    # Clip 13 is the last one: 36 frames in 5 chunks, these are in 2 of them.
    assert [row - len(reader._rows) for row in rows] == [-5, -4]


@pytest.mark.parametrize("epoch", [0, 1, 1000])
def test_every_epoch_holds_each_clip_once(reader, epoch):
    assert sorted(order(reader, epoch)) == list(range(13))


@pytest.mark.parametrize("clips", [1, 2, 3, 16, 17, 1000])
def test_splits_of_any_size_are_permuted(reader, clips, monkeypatch):
    monkeypatch.setattr(reader, "clips", clips)
    places = tf.data.Dataset.range(clips).map(
        lambda position: reader.training_place(position, 0)[0]
    )
    assert sorted(places.as_numpy_iterator()) == list(range(clips))


def test_epochs_differ(reader):
    orders = {tuple(order(reader, epoch)) for epoch in range(5)}
    assert len(orders) == 5


def test_seeds_differ(reader):
    orders = {tuple(order(reader, 0, seed)) for seed in range(5)}
    assert len(orders) == 5


def test_neighbours_are_torn_apart(reader):
    # Shuffled, 13 clips hold one pair of neighbours in order on average.
    places = np.array([order(reader, epoch) for epoch in range(10)])
    assert (np.diff(places) == 1).sum() < 30


@run_modes.both
def test_epochs_follow_one_another(reader, run):
    epoch = run(lambda p: reader.training_place(p, 0)[1], np.int64(26))
    assert epoch == 2


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


def test_cut_shard_is_named(copy):
    path = copy / "train-00002-of-00003.tfrecord"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(errors.UserError, match="00002.*changed or cut"):
        opened(copy)


def test_index_of_another_shard_is_named(copy):
    other = copy / "train-00000-of-00003.index"
    shutil.copy(other, copy / "train-00001-of-00003.index")
    with pytest.raises(errors.UserError, match="train-00001-of-00003.index"):
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


def test_changed_record_stops_the_reading(copy):
    path = copy / "train-00000-of-00003.tfrecord"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(tf.errors.DataLossError):
        opened(copy).read(tf.constant(0, tf.int64), tf.constant([0]))


def test_shards_of_failed_clips_only_have_nothing_to_read(tmp_path):
    shards.write(tmp_path, {"train": []})
    with pytest.raises(errors.UserError, match="has no clips"):
        opened(tmp_path)


def test_a_shard_without_clips_is_passed_over(tmp_path):
    clips = [shards.Clip(0, 4), shards.Clip(1, 4)]
    shards.write(tmp_path, {"train": clips}, shards=3)
    assert opened(tmp_path).clips == 2
