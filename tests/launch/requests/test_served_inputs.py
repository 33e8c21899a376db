"""Requests with audio and text, to networks in memory and their exports."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from launch.requests import (
    request_limits,
    served_audio,
    served_inputs,
    served_text,
)
from launch.serving import (
    exported_model,
    loaded_model,
    model_metadata,
    versions,
)
from pipelines import batch
from pipelines.audio import audio_features
from pipelines.text import text_tokens
from tests.launch import images
from tfrecords_tools.base import errors, registry
from tfrecords_tools.media import reader
from tfrecords_tools.media.audio import audio_reader
from video_models import objective
from video_models.objectives import classification

CLIP = batch.ClipSpec(frames=2, stride=1, size=16)
AUDIO = audio_features.Config(features="log_mel", seconds=0.1, bins=8)
TEXT = text_tokens.Config(tokens="pieces", length=6)
RATE, MOST = 8000, 800
LIMITS = request_limits.Config(request_pixels=4 * 2 * 16 * 16)
WORDS = ("up", "down", "##ward", "##s")
TASK = objective.Task(
    CLIP,
    ("a", "b"),
    audio=audio_features.spec(AUDIO, CLIP, RATE),
    text=batch.TextSpec(6, 4 + len(WORDS), True, WORDS),
)
FRAMES = [[images.encoded(images.waves())] * 2] * 2
LOUD = np.random.default_rng(0).uniform(-1, 1, MOST).astype(np.float32)


def chosen(folder, name):
    module = registry.load(f"video_models.{folder}", name)
    return registry.choose(f"video_models.{folder}", name, module.TINY)


@pytest.fixture(scope="module")
def network():
    """An objective whose network sees all three, untrained."""
    keras.utils.set_random_seed(0)
    return classification.build(
        classification.Config(),
        objective.Components(
            backbone=chosen("backbones", "frame_conv"),
            temporal=chosen("temporal", "none"),
            head=chosen("heads", "classifier"),
            audio_backbone=chosen("audio_backbones", "spectrogram_conv"),
            text_backbone=chosen("text_backbones", "words"),
            fusion=chosen("fusion", "concatenate"),
        ),
        TASK,
        keras.optimizers.SGD,
    )


@pytest.fixture(scope="module")
def inputs():
    return served_inputs.ServedInputs(
        LIMITS,
        served_inputs.Frames(CLIP),
        served_audio.ServedAudio(AUDIO, CLIP, TASK.audio),
        served_text.ServedText(TEXT, TASK.text),
    )


@pytest.fixture(scope="module")
def exported(network, inputs, tmp_path_factory):
    media = audio_reader.Config(rate=RATE)
    metadata = model_metadata.ModelMetadata(
        CLIP,
        TASK.labels,
        reader.Config(),
        limits=LIMITS,
        audio=served_audio.describe(AUDIO, CLIP, TASK.audio, media),
        text=served_text.describe(TEXT),
    )
    folder = tmp_path_factory.mktemp("export")
    exported_model.export(
        network, network.networks, metadata, folder, inputs=inputs
    )
    return loaded_model.LoadedModel(folder)


def scores_in_memory(network, **changes):
    """Scores of one clip of the golden pattern, without audio and text."""
    entries = {
        "frames": tf.zeros((1, *CLIP.shape)),
        "spectrogram": tf.zeros((1, *TASK.audio.shape)),
        "has_audio": tf.zeros((1,)),
        "tokens": tf.zeros((1, 6), tf.int32),
        "tokens_mask": tf.zeros((1, 6)),
        "has_text": tf.zeros((1,)),
    }
    return network.predict(network.networks, {**entries, **changes})["scores"]


def test_golden_clip_with_all_inputs_is_reproduced(exported):
    assert exported.golden.waveform.shape == (MOST,)
    assert exported.golden.text == "up down"
    assert exported.golden_difference() <= 1e-5


def test_clips_without_audio_and_text_get_the_answer_of_their_frames(
    network, exported
):
    pixels = exported.pixels(FRAMES)
    frames = tf.cast(pixels, tf.float32)[:1]
    wanted = scores_in_memory(network, frames=frames)
    found = exported.answers(FRAMES)["scores"]
    np.testing.assert_allclose(found[0], wanted[0], atol=1e-5)
    silent = exported.answers(FRAMES, [np.zeros(9), LOUD], ["", "up"])["scores"]
    np.testing.assert_allclose(silent[0], found[0], atol=1e-6)
    assert np.abs(silent[1] - found[1]).max() > 1e-4


def test_tokens_are_those_of_training(inputs):
    texts = ["Upwards, down!", "downx", ""]
    found = inputs.text.entries(tf.constant(texts))
    assert found["tokens"].numpy().tolist() == [
        [2, 4, 6, 7, 5, 3],
        [2, 1, 3, 0, 0, 0],
        [2, 3, 0, 0, 0, 0],
    ]
    assert found["has_text"].numpy().tolist() == [1, 1, 0]


def test_the_graph_has_operations_of_tensorflow_alone(exported):
    text = (exported.path / "saved_model.pb").read_bytes()
    assert b"Wordpiece" not in text


def test_model_json_says_what_clients_send(exported):
    path = exported.path / versions.EXTRA / "model.json"
    found = json.loads(path.read_text())["inputs"]
    assert list(found) == ["frames_bytes", "waveform", "text"]
    assert found["waveform"]["rate"] == RATE
    assert found["waveform"]["max_samples"] == MOST


@pytest.mark.parametrize(
    "waveforms, texts, message",
    [
        ([np.zeros(900)] * 2, [], "900 samples, wanted at most 800, 0.1 s of"),
        ([LOUD * 32767] * 2, [], "wanted -1 to 1: divide samples of 16 bits"),
        ([LOUD * np.nan] * 2, [], "has the value nan"),
        ([LOUD] * 3, [], "frames_bytes has 2 rows, the request 3 clips"),
        ([LOUD], [], "waveform has 1 rows, the request 2 clips.*or none"),
        ([], ["up", "up down up down up"], "text 1 has 7 tokens.*at most 6"),
    ],
)
def test_wrong_input_is_refused(exported, waveforms, texts, message):
    with pytest.raises(errors.UserError, match=message):
        exported.answers(FRAMES, waveforms, texts)


def test_a_waveform_of_two_channels_is_refused(exported):
    message = r"waveform has shape \[1, 800, 2\], wanted \[N, any\]"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        exported._signatures["serving_default"](
            frames_bytes=tf.constant(FRAMES[:1]),
            waveform=tf.zeros((1, MOST, 2)),
            text=tf.constant(["up"]),
        )


def test_a_request_without_clips_has_no_answers(exported):
    assert exported.answers([])["scores"].shape == (0, 2)


def test_more_clips_than_the_limit_are_refused(exported):
    assert exported.metadata.max_clips == 4
    with pytest.raises(errors.UserError, match="5 clips in one request"):
        exported.answers([FRAMES[0]] * 5)


def test_features_are_those_of_all_inputs(exported):
    both = exported.embed_jpegs(FRAMES, [LOUD, LOUD * 0])
    alone = exported.embed_jpegs(FRAMES)
    assert both.shape == (2, exported.features.size)
    np.testing.assert_allclose(both[1], alone[1], atol=1e-6)
    assert np.abs(both[0] - alone[0]).max() > 1e-4
