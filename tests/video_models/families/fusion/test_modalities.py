import keras
import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.families.fusion import modalities

SHAPES = {
    "audio": modalities.Modality((2, 1, 1, 1)),
    "text": modalities.Modality((3, 1, 1, 1)),
}


def read(dropout=0.0, training=False):
    """Four clips of 1 everywhere: both, audio, text, neither."""
    given = modalities.inputs(SHAPES)
    streams = modalities.read(given, SHAPES, dropout)
    network = keras.Model(
        given, {name: stream[:3] for name, stream in streams.items()}
    )
    return network(
        {
            "audio": np.ones((4, 2, 1, 1, 1), "float32"),
            "text": np.ones((4, 3, 1, 1, 1), "float32"),
            "has_audio": np.float32([1, 1, 0, 0]),
            "has_text": np.float32([1, 0, 1, 0]),
            "text_mask": np.float32([[1, 1, 0]] * 4),
        },
        training=training,
    )


def test_missing_modalities_are_0():
    volume, mask, present = read()["audio"]
    assert volume[:, 0, 0, 0, 0].numpy().tolist() == [1, 1, 0, 0]
    assert mask[:, 0].numpy().tolist() == [1, 1, 0, 0]
    assert present.numpy().tolist() == [1, 1, 0, 0]


def test_padding_is_0_but_no_missing_modality():
    volume, mask, present = read()["text"]
    assert volume[0, :, 0, 0, 0].numpy().tolist() == [1, 1, 0]
    assert mask[0].numpy().tolist() == [1, 1, 0]
    assert present.numpy().tolist() == [1, 0, 1, 0]


def test_dropout_hides_one_of_two_modalities_at_most():
    streams = read(dropout=0.9, training=True)
    kept = streams["audio"][2] + streams["text"][2]
    assert kept.numpy()[1:].tolist() == [1, 1, 0]
    assert kept.numpy()[0] >= 1


def test_frames_alone_are_never_missing():
    shapes = {"frames": SHAPES["audio"], "audio": SHAPES["audio"]}
    streams = modalities.read(modalities.inputs(shapes), shapes)
    assert not streams["frames"].can_be_missing
    assert streams["audio"].can_be_missing


def test_a_fusion_of_one_modality_is_refused():
    with pytest.raises(errors.UserError, match="wanted two modalities"):
        modalities.inputs({"audio": SHAPES["audio"]})
