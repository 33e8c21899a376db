"""Batches hold what a network sees, and nothing else is decoded."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch, clip_dataset
from pipelines.audio import audio_features
from pipelines.decoding import frame_storage
from tests.pipelines import batches
from tests.tfrecords_tools.fixtures import written_shards

CLIP = batch.ClipSpec(frames=2, stride=1, size=16)
BOTH = clip_dataset.Input(
    CLIP, audio=audio_features.Config("waveform", seconds=0.08)
)
AUDIO = dataclasses.replace(BOTH, frames=False)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Six clips; the last one has no audio."""

    def silence(record):
        if record["path"] == "clip5.mp4":
            record["waveform"] = np.zeros(len(record["waveform"]))

    return written_shards.write(
        tmp_path_factory.mktemp("shards"),
        change=silence,
        settings={"sound": {"rate": written_shards.RATE}},
    )


def _batch(shards, split, given, views=2):
    reader = clip_dataset.open_split(shards, split, given)
    shard = clip_dataset.BatchShard(reader.clips)
    if split == "train":
        data = clip_dataset.training(reader, given, shard, 7)
    else:
        data = clip_dataset.evaluation(reader, given, shard, views)
    return batches.by_clip(next(data.as_numpy_iterator()))


@pytest.mark.parametrize(
    "split",
    ["train", pytest.param("validation", marks=pytest.mark.full)],
)
def test_audio_is_the_same_without_frames(shards, split):
    both, alone = (_batch(shards, split, each) for each in (BOTH, AUDIO))
    assert both.keys() - alone.keys() == {"frames"}
    for name, value in alone.items():
        assert value.tobytes() == both[name].tobytes()


@pytest.mark.parametrize("split", ["train", "validation"])
def test_without_frames_no_frame_is_decoded(shards, split, monkeypatch):
    def fail(*_):
        raise AssertionError("decoded")

    monkeypatch.setattr(frame_storage, "decode_clip", fail)
    assert _batch(shards, split, AUDIO)["waveform"].any()


def test_clip_without_audio_is_masked(shards):
    assert _batch(shards, "train", AUDIO)["has_audio"].tolist() == [1] * 5 + [0]


def test_presence_has_an_axis_of_views_in_evaluation(shards):
    assert _batch(shards, "validation", BOTH)["has_audio"].shape == (3, 2)


def test_shapes_are_known_before_any_clip_is_read(shards):
    reader = clip_dataset.open_split(shards, "train", AUDIO)
    data = clip_dataset.training(reader, AUDIO, clip_dataset.BatchShard(2), 7)
    spec = data.element_spec["waveform"]
    assert spec == tf.TensorSpec((2, 640), tf.float32)
