"""The data service gives the batches that the run would make itself."""

import dataclasses
import itertools
import signal
import socket
import time

import pytest

from launch.runs import run_flags
from launch.training import training_run
from pipelines import batch, clip_dataset
from pipelines.audio import audio_features
from pipelines.reading import damaged_records
from pipelines.text import text_tokens
from tests import forked, shards
from tests.pipelines import spoiled
from tests.tfrecords_tools.fixtures import written_shards
from tfrecords_tools import manifest
from tfrecords_tools.base import errors, flags, registry

BATCH_SHARD = clip_dataset.BatchShard(4)
STEPS = 3  # Of an epoch of 12 clips.
MOST = 40  # Batches that are waited for.
SEED = 7  # With it no four clips come twice in the same order so soon.


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """12 clips with audio and captions."""
    made = written_shards.write(
        tmp_path_factory.mktemp("heard") / "shards",
        {"train": 12, "validation": 2},
        change=lambda record: record.update(caption="run and walk"),
        vocabulary=("run", "walk"),
    )
    about = manifest.read(made)
    rate = {"sound": {"rate": written_shards.RATE}}
    settings = about.settings | rate
    manifest.write(made, dataclasses.replace(about, settings=settings))
    return made


@pytest.fixture(scope="module")
def served():
    """The address of a service with two workers.

    In processes that can be killed: a worker here may never stop.
    """
    process = forked.start(
        "launch.data_service", "--role=local", "--workers=2", "--port=0"
    )
    said = process.first_line()
    yield said.partition("--reader.service=")[2].partition(";")[0]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def wanted(**reader):
    config = clip_dataset.Config(**reader)
    return clip_dataset.Input(
        clip=batch.ClipSpec(frames=4, size=16), reader=config
    )


def with_all(asked):
    """With augmentations, extra inputs, audio and text, too."""
    return dataclasses.replace(
        asked,
        augmentations=tuple(
            registry.choose("pipelines.augmentations", name)
            for name in ("random_resized_crop", "flip")
        ),
        extra_inputs=(registry.choose("pipelines.extra_inputs", "two_clips"),),
        audio=audio_features.Config(features="log_mel", seconds=0.1),
        text=text_tokens.Config(tokens="words"),
    )


def each_of(folder, asked):
    """The clips of each training batch, and the batch."""
    reader = clip_dataset.open_split(folder, "train", asked)
    data = clip_dataset.training(reader, asked, BATCH_SHARD, SEED)
    for each in data.as_numpy_iterator():
        yield tuple(each["clip_id"].tolist()), each


def assert_served_as_made_here(folder, asked, address):
    """All of the first epoch, none twice, each one byte for byte."""
    own = dict(itertools.islice(each_of(folder, asked), MOST + 20))
    missing, found = set(list(own)[:STEPS]), {}
    reader = dataclasses.replace(asked.reader, service=address)
    served = each_of(folder, dataclasses.replace(asked, reader=reader))
    for clips, each in itertools.islice(served, MOST):
        missing.discard(clips)
        assert clips not in found
        found[clips] = each
        assert each.keys() == own[clips].keys()
        for name, values in each.items():
            assert values.tobytes() == own[clips][name].tobytes(), name
        if len(found) >= 2 * STEPS:
            if not missing:
                return
            time.sleep(0.2)  # One worker may be long behind the other.
    assert not missing


@pytest.mark.full
def test_batches_with_all_that_there_is_are_those_of_the_run(folder, served):
    assert_served_as_made_here(folder, with_all(wanted()), served)


@pytest.mark.slow
@pytest.mark.full
def test_batches_of_a_cache_are_those_of_the_run(folder, served, tmp_path):
    cached = wanted(cache=str(tmp_path), cache_short_side=16)
    assert_served_as_made_here(folder, cached, served)


@pytest.mark.slow
@pytest.mark.full
def test_clips_are_skipped_by_the_service_as_by_the_run(
    folder, served, tmp_path
):
    copy = spoiled.copied(folder, tmp_path / "shards")
    spoiled.flip_bit(copy, 7)
    assert_served_as_made_here(copy, wanted(on_corrupt="skip"), served)


def run(folder, workdir, *more):
    parsed = flags.parse(
        run_flags.COMMAND,
        [
            f"--shards={folder}",
            "--train.steps=2",
            "--train.batch_size=4",
            "--clip.frames=2",
            "--clip.size=16",
            "--backbone.widths=4",
            "--temporal=none",
            *more,
        ],
    )
    return training_run.run(run_flags.to_experiment(parsed), workdir)


@pytest.mark.full
def test_run_trains_on_what_is_served(folder, served, tmp_path):
    report = run(folder, tmp_path, f"--reader.service={served}")
    assert report["examples"] == 2


@pytest.mark.full
def test_damage_met_by_the_service_is_named(folder, served, tmp_path):
    copy = spoiled.copied(folder, tmp_path / "shards")
    for clip in range(12):
        spoiled.flip_bit(copy, clip)
    asked = wanted(service=served)
    reader = clip_dataset.open_split(copy, "train", asked)
    data = clip_dataset.training(reader, asked, BATCH_SHARD, seed=1)
    with pytest.raises(errors.UserError, match="^clip 0: record at byte 0 of"):
        with damaged_records.explained(reader):
            next(iter(data))


def test_service_that_is_not_there_is_said_before_the_first_step(
    folder, tmp_path
):
    with socket.create_server(("", 0)) as other:
        port = other.getsockname()[1]
    address = f"grpc://localhost:{port}"
    with pytest.raises(errors.UserError, match=f"{address} does not answer"):
        run(folder, tmp_path, f"--reader.service={address}")


def test_frames_that_python_decodes_are_refused(tmp_path):
    clips = {"train": [shards.Clip(0, 8)]}
    packets = shards.write(tmp_path, clips, shards=1, storage="h264")
    asked = wanted(service="grpc://localhost:1")
    reader = clip_dataset.open_split(packets, "train", asked)
    with pytest.raises(errors.UserError, match="stored as h264.*storage=jpeg"):
        clip_dataset.training(reader, asked, clip_dataset.BatchShard(1), seed=1)
