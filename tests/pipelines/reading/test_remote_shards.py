"""Shards at an address are read as those in a folder: here ram://."""

import itertools
import os

import pytest
import tensorflow as tf

from launch.runs import flag_paths, run_flags
from launch.training import training_run
from pipelines import batch, clip_dataset
from tfrecords_tools.base import errors, flags

BATCH_SHARD = clip_dataset.BatchShard(5)
SHARD = "train-00001-of-00003"


@pytest.fixture
def remote(coded_shards):
    """A copy that a test may spoil."""
    address = "ram://shards"
    tf.io.gfile.makedirs(address)
    for name in os.listdir(coded_shards):
        tf.io.gfile.copy(
            f"{coded_shards}/{name}", f"{address}/{name}", overwrite=True
        )
    yield address
    tf.io.gfile.rmtree(address)


def wanted(shuffle="global", **reader):
    return clip_dataset.Input(
        clip=batch.ClipSpec(frames=4, size=16),
        reader=clip_dataset.Config(shuffle=shuffle, block_shards=2, **reader),
    )


def opened(folder, asked, split="train"):
    return clip_dataset.open_split(folder, split, asked)


def trained(folder, asked):
    data = clip_dataset.training(
        opened(folder, asked), asked, BATCH_SHARD, seed=1
    )
    return list(itertools.islice(data.as_numpy_iterator(), 4))


def assert_same_bytes(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        for name, values in one.items():
            assert values.tobytes() == other[name].tobytes(), name


@pytest.mark.parametrize("shuffle", ["global", "blocks"])
def test_training_batches_are_those_of_the_folder(
    coded_shards, remote, shuffle
):
    asked = wanted(shuffle)
    assert_same_bytes(trained(remote, asked), trained(coded_shards, asked))


def test_evaluation_batches_are_those_of_the_folder(coded_shards, remote):
    asked = wanted()
    here, there = (
        clip_dataset.evaluation(
            opened(folder, asked, "validation"), asked, BATCH_SHARD
        ).as_numpy_iterator()
        for folder in (coded_shards, remote)
    )
    assert_same_bytes(there, here)


@pytest.mark.full
def test_cache_of_them_lies_on_the_disk(coded_shards, remote, tmp_path):
    here, there = (
        trained(folder, wanted(cache=str(tmp_path / name)))
        for name, folder in (("here", coded_shards), ("there", remote))
    )
    assert_same_bytes(there, here)


def test_missing_manifest_is_named():
    with pytest.raises(errors.UserError, match="ram://none/manifest.json"):
        opened("ram://none", wanted())


@pytest.mark.parametrize("shuffle", ["global", "blocks"])
@pytest.mark.parametrize("kind", ["index", "tfrecord"])
def test_missing_file_is_named_before_anything_is_read(remote, kind, shuffle):
    tf.io.gfile.remove(f"{remote}/{SHARD}.{kind}")
    with pytest.raises(errors.UserError, match=f"{SHARD}.{kind}: NotFound"):
        opened(remote, wanted(shuffle))


@pytest.mark.parametrize("shuffle", ["global", "blocks"])
@pytest.mark.parametrize("kind", ["index", "tfrecord"])
def test_file_of_another_size_is_named(remote, kind, shuffle):
    path = f"{remote}/{SHARD}.{kind}"
    with tf.io.gfile.GFile(path, "rb") as stream:
        content = stream.read()
    tf.io.gfile.remove(path)  # Else ram:// would write behind it.
    with tf.io.gfile.GFile(path, "wb") as stream:
        stream.write(content[:-1])
    with pytest.raises(errors.UserError, match=f"{len(content) - 1} bytes"):
        opened(remote, wanted(shuffle))


def test_run_trains_on_them(remote, tmp_path):
    described = flags.parse(
        run_flags.COMMAND,
        [
            f"--shards={remote}",
            "--train.steps=2",
            "--train.batch_size=4",
            "--clip.frames=2",
            "--clip.size=16",
            "--backbone.widths=4",
            "--temporal=none",
            "--temporal=none",
        ],
    )
    whole = flag_paths.with_absolute_paths(described)
    report = training_run.run(run_flags.to_experiment(whole), tmp_path)
    assert report["examples"] == 6  # One of the 7 clips has no label.
