import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.launch import toy_objectives
from tests.video_models import tiny_modalities
from tfrecords_tools.base import errors
from video_models import network_inputs
from video_models.objectives import audio_video
from video_models.weights import initial_weights


@pytest.fixture(scope="module")
def built():
    return toy_objectives.audio_video(keras.optimizers.SGD)


def _batch(**changed):
    clips = toy_objectives.clips(4, 1)
    given = {name: tf.constant(value) for name, value in clips.items()}
    given["frames"] = tf.cast(given["frames"], tf.float32)
    return {**given, **changed}


def _loss(built, batch):
    outputs = built.forward("audio_video", batch, None, 0)
    return built.losses("audio_video", batch, outputs, 0)["info_nce"].numpy()


def test_clip_without_audio_has_no_loss(built):
    # Of `clips`, every fourth one from the first on.
    found = _loss(built, _batch())
    assert found[0] == 0.0 and np.all(found[1:] > 0)


def test_audio_of_a_clip_without_audio_changes_no_loss(built):
    batch = _batch()
    noise = tf.concat(
        [batch["spectrogram"][:1] + 5.0, batch["spectrogram"][1:]], axis=0
    )
    other = _batch(spectrogram=noise)
    np.testing.assert_allclose(
        _loss(built, batch), _loss(built, other), rtol=1e-5
    )


def test_audio_of_another_time_is_a_negative(built):
    without = _loss(built, _batch(has_shifted_audio=tf.zeros(4)))
    with_them = _loss(built, _batch(has_shifted_audio=tf.ones(4)))
    assert np.all(with_them[1:] > without[1:])


def test_prediction_of_both_has_a_vector_of_each(built):
    batch = _batch()
    inputs = {name: batch[name] for name in ("frames", "spectrogram")}
    found = built.predict(built.networks, inputs)
    assert found.keys() == {"embedding", "audio_embedding"}
    for vectors in found.values():
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, 1e-5)


def _rows(built, count, frames=None, audio=None, shifted=None):
    vectors = np.eye(count, dtype=np.float32)
    return {
        "clip_id": np.arange(count),
        "label": np.arange(count) % 2,
        "has_audio": np.ones(count, np.float32),
        "embedding": vectors if frames is None else frames,
        "audio_embedding": vectors if audio is None else audio,
        "has_shifted_audio": np.ones(count, np.float32),
        "shifted_audio_embedding": vectors[::-1]
        if shifted is None
        else shifted,
    }


def test_report_of_a_perfect_network_stands_beside_chance(built):
    found = built.report_rows(_rows(built, 4))
    names = "recall_at_1", "label_recall_at_1", "in_time_accuracy"
    assert [found[name] for name in names] == [1.0, 1.0, 1.0]
    assert [found["chance"][name] for name in names] == [0.25, 0.5, 0.5]
    assert found["matches_accuracy"] == 1.0
    assert set(found["compared"].values()) == {4}


def test_audio_that_is_the_same_at_all_times_is_not_in_time(built):
    vectors = np.eye(4, dtype=np.float32)
    found = built.report_rows(_rows(built, 4, shifted=vectors))
    assert found["in_time_accuracy"] == 0.0


def test_clips_without_audio_are_not_asked_about(built):
    rows = _rows(built, 4)
    rows["has_audio"] = np.float32([1, 1, 0, 1])
    found = built.report_rows(rows)
    assert found["compared"]["recall_at_1"] == 3


def test_report_on_no_clip_has_the_names_of_metrics(built):
    found = built.report_rows(_rows(built, 0))
    assert found["recall_at_1"] == 0.0


def test_rows_of_two_batches_are_those_of_one(built):
    batch = _batch()
    batch = {
        name: value[:, None]
        if name in ("frames", "spectrogram")
        or "shifted" in name
        or "has_" in name
        else value
        for name, value in batch.items()
    }
    whole = built.rows(built.networks, batch)
    parts = [
        built.rows(built.networks, {k: v[rows] for k, v in batch.items()})
        for rows in (slice(0, 1), slice(1, 4))
    ]
    for name, values in whole.items():
        joined = np.concatenate([part[name] for part in parts])
        np.testing.assert_allclose(joined, values, atol=1e-6)


def test_head_must_give_vectors():
    components = tiny_modalities.components("frames", "audio")
    with pytest.raises(errors.UserError, match="--head=projection"):
        audio_video.build(
            audio_video.TINY,
            components,
            tiny_modalities.TASK,
            keras.optimizers.SGD,
        )


def test_frames_alone_are_refused():
    chosen = toy_objectives._tiny("objectives", "audio_video")
    with pytest.raises(errors.UserError, match="--modalities=frames,audio"):
        network_inputs.check_components(("frames",), {}, chosen)


@pytest.mark.parametrize("sees", [("audio",), ("frames", "audio")])
def test_towers_start_a_classifier(built, sees, tmp_path):
    del built
    trained = toy_objectives.audio_video(keras.optimizers.SGD)
    for number, name in enumerate(("frames", "audio")):
        for variable in trained.networks[name].trainable_variables:
            variable.assign(tf.fill(variable.shape, 0.5 + number))
    components = tiny_modalities.components(*sees)
    task = dataclasses.replace(trained.task, extra_inputs={})
    chosen = toy_objectives._tiny("objectives", "classification")
    goal = chosen.build(components, task, keras.optimizers.SGD)
    for name in sees:
        path = tmp_path / f"{name}.keras"
        trained.networks[name].save(path)
        config = initial_weights.Config(str(path))
        loaded = initial_weights.load(config, goal.networks, components)
        assert loaded.share > 0.2
    (network,) = goal.networks.values()
    kernels = [float(tf.reduce_mean(v)) for v in network.trainable_variables]
    assert kernels.count(1.5) > 2
    assert (kernels.count(0.5) > 2) == ("frames" in sees)
