import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from launch.commands import export
from launch.serving import (
    constant_graph,
    loaded_model,
    model_metadata,
    stream_serving,
)
from tests.launch import causal_network
from tfrecords_tools.base import errors, flags
from tfrecords_tools.media import reader
from video_models.introspection import folding

RANDOM = np.random.default_rng(0)
CLIPS = RANDOM.integers(0, 256, (2, 8, 20, 24, 3)).astype(np.uint8)
CLIPS[1] //= 4


@pytest.fixture(scope="module")
def loaded(exported_stream):
    return loaded_model.LoadedModel(exported_stream)


@pytest.fixture(scope="module")
def signatures(loaded):
    model = tf.saved_model.load(str(loaded.path))
    yield model.signatures  # The variables live only as long as the model.
    del model


def refused(**changed):
    made = causal_network.build(changed.pop("temporal", "attention"))
    frames = changed.pop("frames", 2)
    components = changed.pop("components", causal_network.components())
    clip = dataclasses.replace(causal_network.CLIP, **changed)
    with pytest.raises(errors.UserError) as caught:
        stream_serving.Stream(made, made.networks, components, clip, 3, frames)
    return str(caught.value)


def test_stream_gives_what_the_clip_gives_after_export(loaded, signatures):
    clips = tf.constant(CLIPS)
    whole = signatures["predict_tensor"](frames=clips)["scores"].numpy()
    found = loaded.stream(streams=2).scores_of_clip(CLIPS)
    assert np.ptp(whole, axis=0).max() > 0.01  # They tell the clips apart.
    np.testing.assert_allclose(found, whole, atol=1e-4)


def test_states_are_named_tensors(loaded, signatures):
    zeros = loaded.metadata.stream.zeros(streams=1)
    frames = tf.constant(CLIPS[:1, :2])
    found = signatures["stream"](frames=frames, **zeros)
    assert set(found) == {"scores", "label", *zeros}
    for name, before in zeros.items():
        assert found[name].shape == before.shape
        assert found[name].dtype == before.dtype
    assert found["label"].numpy()[0].decode() in causal_network.LABELS


def test_a_stream_that_begins_again_has_forgotten(loaded):
    stream = loaded.stream()
    first = stream.scores(CLIPS[:1, :2])
    second = stream.scores(CLIPS[:1, :2])
    stream.reset()
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(stream.scores(CLIPS[:1, :2]), first)


def test_metadata_survive_model_json(loaded):
    text = loaded.metadata.to_json()
    assert model_metadata.ModelMetadata.from_json(text) == loaded.metadata
    shape = loaded.metadata.stream.states["state_temporal_attention1_keys"]
    assert shape == ((3, 2, 4), "float32")  # Window, heads, features of each.
    counter = loaded.metadata.stream.states["state_temporal_moments"]
    assert counter == ((1,), "int32")


@pytest.mark.full
def test_weights_too_large_for_a_graph_stand_beside_it(
    loaded, tmp_path, monkeypatch
):
    monkeypatch.setattr(constant_graph, "MAX_BYTES", 0)
    beside = loaded_model.LoadedModel(causal_network.export(tmp_path))
    path = str(beside.path / "variables" / "variables")
    assert any("kernel" in name for name, _ in tf.train.list_variables(path))
    wanted = loaded.stream(streams=2).scores_of_clip(CLIPS)
    found = beside.stream(streams=2).scores_of_clip(CLIPS)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.full
def test_bfloat16_network_is_held_to_what_its_bits_allow(tmp_path, capsys):
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    try:
        causal_network.export(tmp_path)
    finally:
        keras.mixed_precision.set_dtype_policy(before)
    asked = flags.parse(export.COMMAND, [f"--verify={tmp_path}"])
    assert export.main(asked) == 0, capsys.readouterr().out
    assert loaded_model.LoadedModel(tmp_path).golden.tolerance == 0.02


@pytest.mark.full
def test_graph_that_differs_from_the_network_is_noticed(tmp_path, monkeypatch):
    def other(network):
        copy = keras.models.clone_model(network)
        copy.set_weights([1.1 * weight for weight in network.get_weights()])
        return copy

    monkeypatch.setattr(folding, "without_normalization", other)
    causal_network.export(tmp_path)
    asked = flags.parse(export.COMMAND, [f"--verify={tmp_path}"])
    assert export.main(asked) == 1


def test_golden_clip_is_also_replayed_as_a_stream(exported_stream, capsys):
    asked = flags.parse(export.COMMAND, [f"--verify={exported_stream}"])
    assert export.main(asked) == 0
    assert "as a stream, 2 frame(s) at a time" in capsys.readouterr().out


def test_both_signatures_are_warmed_up(loaded):
    path = loaded.path / "assets.extra" / "tf_serving_warmup_requests"
    first, second = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    assert b"serving_default" in first
    assert b"stream" in second and b"state_head_total" in second


def test_a_model_without_a_stream_says_how_to_get_one(exported):
    with pytest.raises(errors.UserError, match="launch.export --stream"):
        loaded_model.LoadedModel(exported).stream()


def test_a_network_that_is_not_causal_is_not_exported(trained, tmp_path):
    given = [f"--workdir={trained}", f"--output={tmp_path / 'out'}"]
    asked = flags.parse(export.COMMAND, [*given, "--stream"])
    with pytest.raises(errors.UserError, match="--temporal.causal=true"):
        export.main(asked)
    assert not (tmp_path / "out").exists()


def test_a_part_without_a_stream_names_those_that_have_one():
    graph = causal_network.components("graph")
    said = refused(temporal="graph", components=graph)
    assert "--temporal=graph" in said and "tcn" in said


def test_chunks_must_make_up_a_clip():
    assert "--stream_frames=3" in refused(frames=3)


def test_frames_spread_over_a_whole_video_are_no_stream():
    assert "--clip.sampling=dense" in refused(sampling="uniform")


def test_picked_frames_are_no_stream():
    with pytest.raises(errors.UserError, match="--media.pick=all"):
        stream_serving.check_media(reader.Config(pick="key"))
