import pytest

from pipelines.reading import clip_metadata, shard_reader
from tests import shards
from tfrecords_tools.base import errors


def read(folder, most=None):
    return clip_metadata.read(shard_reader.ShardReader(folder, "train"), most)


def test_a_clip_has_its_video_span_size_and_labels(coded_shards):
    found = read(coded_shards)
    assert [each.number for each in found] == [*range(5), *range(6, 14)]
    assert found[7] == clip_metadata.ClipMetadata(
        8, "8.mp4", 0.0, 1.04, 32, 24, 25.0, False, {"": (2,), "place": (0,)}
    )
    assert found[4].label_ids[""] == ()


def test_numbers_are_those_that_are_named(coded_shards):
    vector = read(coded_shards)[0].vector
    assert vector == (32.0, 24.0, 25.0, 0.4, 0.0)
    assert len(vector) == len(clip_metadata.FIELDS)


def test_some_clips_are_evenly_spaced(coded_shards):
    assert [each.number for each in read(coded_shards, 4)] == [0, 3, 7, 10]


def test_context_longer_than_the_first_bytes_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(clip_metadata, "_BEGINNING", 12)
    folder = shards.write(tmp_path, {"train": [shards.Clip(0, 9)]}, shards=1)
    assert [each.path for each in read(folder)] == ["0.mp4"]


def test_shards_with_audio_tell_which_clips_are_silent(tmp_path):
    clips = {"train": [shards.Clip(0, 9)]}
    folder = shards.write(tmp_path, clips, shards=1, extras=("waveform",))
    assert [each.has_audio for each in read(folder)] == [True]


def test_damaged_records_are_an_error_that_names_the_shard(tmp_path):
    folder = shards.write(tmp_path, {"train": [shards.Clip(0, 9)]}, shards=1)
    path = folder / "train-00000-of-00001.tfrecord"
    data = bytearray(path.read_bytes())
    data[:8] = b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(errors.UserError, match=f"{path} is damaged"):
        read(folder)
