"""Clips of shards with a damaged record."""

import numpy as np
import pytest

from launch.embedding import (
    index_chunks,
    labelled_clips,
    shard_rows,
    stored_clips,
)
from pipelines import batch
from tests.pipelines import spoiled
from tfrecords_tools import manifest
from tfrecords_tools.base import errors


class Encoder:
    clip = batch.ClipSpec(frames=1, size=16)
    fingerprint = "f"
    batch_size = 4

    def embed(self, pixels):
        return pixels.mean((1, 2, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def damaged(coded_shards, tmp_path_factory):
    """The first record of clip 1 and the frames of clip 2 are damaged."""
    copy = tmp_path_factory.mktemp("damaged") / "shards"
    folder = spoiled.copied(coded_shards, copy)
    spoiled.flip_bit(folder, 1, "validation")
    spoiled.no_jpeg(folder, 2, "validation")
    return folder


@pytest.fixture(scope="module")
def rows(damaged):
    shards = manifest.read(damaged).shards("validation")
    names = tuple(shard.name for shard in shards)
    chunk = index_chunks.Chunk(0, names, "", "validation")
    return shard_rows.embed(Encoder(), damaged, chunk)


def test_damaged_clips_are_listed_and_the_rest_is_embedded(rows):
    failed = [video["clip"] for video in rows.videos if "error" in video]
    assert failed == [1, 2] and len(rows.features) == len(rows.videos) - 2


def test_the_place_of_a_damaged_record_is_named(rows):
    assert "clip 1 of the split validation: " in rows.videos[1]["error"]
    assert "at byte" in rows.videos[1]["error"]


def test_a_damaged_clip_that_is_asked_for_is_refused(damaged):
    with pytest.raises(errors.UserError, match="at byte .* checksum"):
        stored_clips.find(damaged, manifest.read(damaged), "validation", 1)


def test_clips_that_are_left_out_of_an_inspection_are_counted(damaged, capsys):
    found = labelled_clips.compute(Encoder(), damaged)
    assert len(found.clips) == 18
    assert "2 of 20 clip(s) could not be read" in capsys.readouterr().out
