"""Tiny networks that see frames, audio and text, and batches for them."""

import types

import keras
import numpy as np
import tensorflow as tf

from pipelines import batch
from tfrecords_tools.base import registry
from video_models import objective

CLIP = batch.ClipSpec(frames=4, size=16)
AUDIO = batch.AudioSpec("log_mel", 8000, 800, columns=10, bins=8, hop=80)
TEXT = batch.TextSpec(length=6, vocabulary=9)
TASK = objective.Task(
    CLIP,
    ("a", "b", "c"),
    tasks={"place": objective.LabelSet(("x", "y"))},
    audio=AUDIO,
    text=TEXT,
)
KINDS = {
    "audio": ("audio",),
    "text": ("text",),
    "two": ("frames", "audio"),
    "three": ("frames", "audio", "text"),
}


def tiny(folder, name):
    """A registered file with its tiny settings."""
    module = registry.load(f"video_models.{folder}", name)
    return registry.Chosen(name, module, module.TINY)


def _text_network(config, text):
    """Embeds tokens; 0 where there are none."""
    del config
    tokens = keras.Input((text.length,), dtype="int32", name="tokens")
    mask = keras.Input((text.length,), name="tokens_mask")
    found = keras.layers.Embedding(text.vocabulary, 4)(tokens) * mask[..., None]
    outputs = {
        "volume": found[:, :, None, None],
        "token": keras.ops.sum(found, axis=1),
        "mask": mask,
    }
    given = {"tokens": tokens, "tokens_mask": mask}
    return keras.Model(given, outputs, name="tiny_text")


def components(*modalities, head="classifier", fusion="concatenate"):
    """Those of a network that sees some modalities."""
    text = types.SimpleNamespace(build=_text_network)
    return objective.Components(
        backbone=tiny("backbones", "frame_conv")
        if "frames" in modalities
        else None,
        temporal=tiny("temporal", "none"),
        head=tiny("heads", head),
        audio_backbone=tiny("audio_backbones", "spectrogram_conv")
        if "audio" in modalities
        else None,
        text_backbone=registry.Chosen("tiny_text", text, None)
        if "text" in modalities
        else None,
        fusion=tiny("fusion", fusion) if len(modalities) > 1 else None,
    )


def examples(views=0):
    """A batch of four clips: of training, or with an axis of views."""
    numbers = np.random.default_rng(0)
    axis = (views,) if views else ()

    def drawn(shape, most):
        return numbers.uniform(0, most, (4, *axis, *shape)).astype(np.float32)

    some = np.broadcast_to([[1.0], [0.0], [1.0], [0.0]], (4, views or 1))
    has = {
        "has_audio": np.float32(some),
        "has_text": np.float32(some[::-1]),
    }
    shape = (4, *axis, TEXT.length)
    given = {
        "frames": drawn(CLIP.shape, 255),
        "spectrogram": drawn(AUDIO.shape, 1),
        "tokens": numbers.integers(0, 9, shape).astype(np.int32),
        "tokens_mask": np.broadcast_to(
            np.float32([1, 1, 1, 1, 0, 0]), shape
        ).copy(),
        **{name: each if views else each[:, 0] for name, each in has.items()},
        "label": np.int32([0, 1, 2, 0]),
        "label.place": np.int32([0, 1, -1, 1]),
        "mask": np.ones(4, np.float32),
        "clip_id": np.arange(4),
    }
    return {name: tf.constant(value) for name, value in given.items()}
