"""Features of networks that see more than frames."""

from typing import NamedTuple

import keras

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import network_inputs
from video_models.families.fusion import modalities as fused
from video_models.families.text import text_network
from video_models.pretrained import encoder

ops = keras.ops
AUDIO, TEXT = network_inputs.AUDIO, network_inputs.TEXT


class Further(NamedTuple):
    """What a network sees beside frames, or in their place.

    Attributes:
        audio: of a clip; None: unseen.
        audio_backbone: a file of `video_models.audio_backbones`.
        text: of a clip; None: unseen.
        text_backbone: a file of `video_models.text_backbones`.
        fusion: a file of `video_models.fusion`; None for one modality.
    """

    audio: batch.AudioSpec | None = None
    audio_backbone: registry.Chosen | None = None
    text: batch.TextSpec | None = None
    text_backbone: registry.Chosen | None = None
    fusion: registry.Chosen | None = None


class Encoded(NamedTuple):
    """What the backbones give.

    Attributes:
        inputs: of the network, by the names of the entries of batches.
        volumes: modality to [B, t, h, w, C].
        text_mask: float32 [B, t], 0 for padding; None without text.
    """

    inputs: dict[str, keras.KerasTensor]
    volumes: dict[str, keras.KerasTensor]
    text_mask: keras.KerasTensor | None = None


def encode(further: Further) -> Encoded:
    """Applies the backbones of audio and text."""
    inputs, volumes, mask = {}, {}, None
    if further.audio is not None:
        name, shape = further.audio.name, further.audio.shape
        inputs[name] = keras.Input(shape, name=name)
        network = encoder.build(
            further.audio_backbone,
            further.audio,
            network_inputs.BACKBONES[AUDIO],
        )
        volumes[AUDIO] = network(inputs[name])["volume"]
    if further.text is not None:
        given = text_network.inputs(further.text)
        inputs |= given
        network = encoder.build(
            further.text_backbone,
            further.text,
            network_inputs.BACKBONES[TEXT],
        )
        found = network(given)
        volumes[TEXT] = found["volume"]
        mask = found["mask"]
    return Encoded(inputs, volumes, mask)


def alone(encoded: Encoded) -> keras.KerasTensor:
    """Features [B, t, C] of one modality, pooled over space.

    Text is scaled so that its mean over time is that without padding.
    """
    (volume,) = encoded.volumes.values()
    features = ops.mean(volume, axis=(2, 3))
    if encoded.text_mask is not None:
        mask = encoded.text_mask
        share = ops.maximum(ops.mean(mask, axis=1, keepdims=True), 1e-6)
        features = features * ops.cast(mask / share, features.dtype)[..., None]
    return features


def fuse(
    encoded: Encoded, further: Further, clip: batch.ClipSpec
) -> tuple[dict[str, keras.KerasTensor], keras.KerasTensor]:
    """Joins several modalities.

    Args:
        encoded: inputs and volumes of all modalities, frames first.
        further: with a fusion.
        clip: says how long a clip lasts, if frames are sampled by time.

    Returns:
        The inputs of the network, with `has_audio` and `has_text`, and
        features [B, t, C].
    """
    given = dict(encoded.volumes)
    inputs = dict(encoded.inputs)
    for name in given.keys() - {network_inputs.FRAMES}:
        has = network_inputs.has(name)
        inputs[has] = keras.Input((), name=has)
        given[has] = inputs[has]
    if encoded.text_mask is not None:
        given["text_mask"] = encoded.text_mask
    shapes = {
        name: fused.Modality(
            tuple(volume.shape[1:]), _seconds(name, volume, further, clip)
        )
        for name, volume in encoded.volumes.items()
    }
    return inputs, further.fusion.build(shapes)(given)


def check(further: Further, head: registry.Chosen) -> None:
    """Raises UserError if fusion or head do not fit.

    Args:
        further: what a network sees besides frames.
        head: a file of `video_models.heads`.
    """
    if head.name == "published":
        raise errors.UserError(
            "--head=published with --modalities that hold more than frames: it "
            "takes the frames' features; wanted --head=classifier"
        )
    fusion = further.fusion
    if fusion is None:
        return
    if fusion.module.SUMMARIZES and "time_steps" in head.module.GIVES:
        raise errors.UserError(
            f"--head={head.name} with --fusion={fusion.name}, which gives one "
            "row per clip and no time steps: wanted --head=classifier, or "
            "--fusion=temporal"
        )


def _seconds(
    name: str,
    volume: keras.KerasTensor,
    further: Further,
    clip: batch.ClipSpec,
) -> tuple[float, float] | None:
    """Centre of the first time step and distance of the steps, seconds."""
    if name == TEXT:
        return None
    if name == AUDIO:
        seconds = further.audio.samples / further.audio.rate
    elif clip.by_time:
        seconds = clip.frames * clip.stride_seconds
    else:
        return None
    step = seconds / volume.shape[1]
    return step / 2, step
