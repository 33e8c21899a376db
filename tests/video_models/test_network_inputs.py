"""Networks take the entries of batches that they see."""

import keras
import pytest
import tensorflow as tf

from tests.video_models import tiny_modalities
from tfrecords_tools.base import errors, registry
from video_models import network_inputs


def _chosen(name):
    return registry.choose("video_models.objectives", name)


def _components(**given):
    every = ("backbone", "audio_backbone", "text_backbone", "fusion")
    return dict.fromkeys(every) | given


def test_audio_is_repeated_for_every_crop_of_frames():
    frames = tf.range(4)[None]  # Two crops of two views.
    audio = tf.constant([[10, 11]])
    found = network_inputs.flat_views({"frames": frames, "audio": audio})
    assert found["frames"].numpy().tolist() == [0, 1, 2, 3]
    assert found["audio"].numpy().tolist() == [10, 11, 10, 11]


def test_blanked_audio_is_missing_audio():
    given = {"frames": tf.ones((2, 3)), "has_audio": tf.ones(2)}
    blanked = network_inputs.blanked(given, "audio")
    assert blanked["has_audio"].numpy().tolist() == [0, 0]
    assert blanked["frames"] is given["frames"]


def test_network_of_frames_alone_takes_a_tensor():
    batch = tiny_modalities.examples()
    frames = keras.Input(tiny_modalities.CLIP.shape)
    network = keras.Model(frames, frames)
    assert network_inputs.of_batch(network, batch) is batch["frames"]
    assert network_inputs.blankable(network) == ()


@pytest.mark.parametrize(
    "given, has, match",
    [
        ((), (True, True), "one or more"),
        (("audio", "audio"), (True, True), "each once"),
        (("audio",), (False, True), "add --audio.features"),
        (("frames", "text"), (True, False), "add --text.tokens"),
    ],
)
def test_modality_without_its_entries_is_refused(given, has, match):
    with pytest.raises(errors.UserError, match=match):
        network_inputs.check_modalities(given, *has)


@pytest.mark.parametrize(
    "goal, given, components, match",
    [
        ("classification", ("frames",), {"audio_backbone": "a"}, "add audio"),
        ("classification", ("audio",), {"backbone": "a"}, "add frames"),
        ("classification", ("audio",), {"fusion": "a"}, "several"),
        ("readout", ("audio",), {}, "sees frames alone"),
    ],
)
def test_component_of_what_is_not_seen_is_refused(
    goal, given, components, match
):
    with pytest.raises(errors.UserError, match=match):
        network_inputs.check_components(
            given, _components(**components), _chosen(goal)
        )


def test_objective_without_backbone_is_of_frames():
    network_inputs.check_components(
        ("frames",), _components(), _chosen("super_resolution")
    )
