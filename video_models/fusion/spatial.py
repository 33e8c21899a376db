"""Audio asks where: attention of the other modalities to places."""

import dataclasses

import keras

from video_models.families import transformer
from video_models.families.fusion import (
    aligned,
    modalities,
    token_sequences,
)
from video_models.layers.attention import cross_attention

ops = keras.ops


@dataclasses.dataclass(frozen=True)
class Config(token_sequences.Config):
    """Settings of the fusion in space."""


TINY = Config(width=8, heads=2)


def build(
    config: Config, shapes: dict[str, modalities.Modality]
) -> keras.Model:
    """Pools the places of the first modality by what the others ask for.

    At each time step another modality's vector, aligned by both clocks, asks
    the places of the first modality: a_xy = softmax(q . k_xy / sqrt(d)).
    What each finds stands beside what asked, and a linear layer and a ReLU
    follow. If the first modality is missing, a trained place is found.

    Source: arXiv:1803.03849, its attention of audio to places. Differs:
    queries and keys are separate linear maps, of several heads; audio asks at
    each time step; no contrastive loss.

    Args:
        config: width, heads, modality dropout.
        shapes: what the backbones give, by name, with their clocks.

    Returns:
        The inputs of `modalities.inputs` -> float32 [B, t, width].

    Raises:
        UserError: there are fewer than two modalities, or the width is no
            multiple of the heads.
    """
    heads = config.block().heads
    given = modalities.inputs(shapes)
    streams = modalities.read(given, shapes, config.dropout)
    first, *others = shapes
    places = _places(streams[first], config.width, first)
    found = []
    for name in others:
        asking = aligned.time_steps(
            streams[name], shapes[name], shapes[first], name
        )
        x = ops.reshape(asking, (-1, 1, asking.shape[-1]))
        x = keras.layers.Dense(config.width, name=f"{name}_map")(x)
        x = cross_attention.CrossAttention(heads, name=f"{name}_attention")(
            x, places.x, key_mask=places.mask
        )
        found += [
            ops.reshape(x, (-1, asking.shape[1], config.width)),
            asking,
        ]
    x = ops.concatenate(found, axis=-1)
    x = keras.layers.Dense(config.width, "relu", name="linear")(x)
    return keras.Model(given, ops.cast(x, "float32"), name="spatial")


def _places(
    stream: modalities.Stream, width: int, name: str
) -> token_sequences.Tokens:
    """The places of each time step, [B * t, h * w, width]."""
    rows, columns, channels = stream.volume.shape[2:]
    x = ops.reshape(stream.volume, (-1, rows * columns, channels))
    x = transformer.normalize(x, f"{name}_norm")
    x = keras.layers.Dense(width, name=f"{name}_map")(x)
    mask = ops.repeat(stream.mask[..., None], rows * columns, axis=2)
    mask = ops.reshape(mask, (-1, rows * columns))
    places = token_sequences.Tokens(x, mask)
    if not stream.can_be_missing:
        return places
    return token_sequences.with_null(places, f"{name}_null")
