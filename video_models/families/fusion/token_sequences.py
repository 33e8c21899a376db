"""Volumes as tokens of one width, for the fusions by attention."""

import dataclasses
from typing import NamedTuple

import keras

from tfrecords_tools.base import settings
from video_models.families import transformer
from video_models.families.fusion import modalities
from video_models.layers.attention import (
    positions,
    token_embedding,
    tokens,
)
from video_models.layers.fusion import learned_rows

ops = keras.ops


@dataclasses.dataclass(frozen=True)
class Config(modalities.Config):
    """Settings shared by the fusions by attention."""

    width: int = settings.setting(
        128, "Features of the tokens, a multiple of the heads.", minimum=1
    )
    heads: int = settings.setting(4, "Attention heads.", minimum=1)

    def block(self) -> transformer.Block:
        """The transformer's block of these settings.

        Raises:
            UserError: the width is no multiple of the heads.
        """
        transformer.check_heads(self.width, self.heads, "fusion")
        # A bias of the keys changes no answer.
        return transformer.Block(self.heads, {"has_key_bias": False})


class Tokens(NamedTuple):
    """Tokens of a modality.

    Attributes:
        x: [B, N, width].
        mask: float32 [B, N], 0 where nothing is there.
    """

    x: keras.KerasTensor
    mask: keras.KerasTensor


def embed(
    streams: dict[str, modalities.Stream], width: int
) -> dict[str, Tokens]:
    """Maps every volume to tokens, with their positions in time and space.

    Features are normalised and mapped to one width by each modality's linear
    map, whose bias is the modality's embedding. Positions are sinusoids in
    time, of the features' scale, and trained vectors in space.

    Args:
        streams: by the names of their modalities.
        width: features of the tokens.

    Returns:
        For each modality its `t * h * w` tokens, places before time steps.
    """
    return {name: _embed(s, width, name) for name, s in streams.items()}


def _embed(stream: modalities.Stream, width: int, name: str) -> Tokens:
    steps, rows, columns = stream.volume.shape[1:4]
    x = transformer.normalize(stream.volume, f"{name}_norm")
    x = keras.layers.Dense(width, name=f"{name}_map")(x)
    x = ops.reshape(x, (-1, steps, rows * columns, width))
    x = positions.AddPositions(name=f"{name}_positions")(x)
    if rows * columns > 1:
        x = tokens.LearnedPlaces(name=f"{name}_places")(x)
    x = ops.reshape(x, (-1, steps * rows * columns, width))
    return Tokens(x, ops.repeat(stream.mask, rows * columns, axis=1))


def join(sequences: list[Tokens]) -> Tokens:
    """One sequence after the other."""
    if len(sequences) == 1:
        return sequences[0]
    return Tokens(
        ops.concatenate([each.x for each in sequences], axis=1),
        ops.concatenate([each.mask for each in sequences], axis=1),
    )


def with_null(sequence: Tokens, name: str) -> Tokens:
    """Appends a trained token that is there only if nothing else is."""
    nothing = 1.0 - ops.max(sequence.mask, axis=1, keepdims=True)
    null = learned_rows.LearnedRows(1, name=name)(sequence.x)
    return join([sequence, Tokens(null, nothing)])


def read_out(
    sequences: dict[str, Tokens], streams: dict[str, modalities.Stream]
) -> keras.KerasTensor:
    """Averages the modalities that are there at each time step of the first.

    The first modality gives the mean over the places of each time step, the
    others that over all their tokens.

    Args:
        sequences: tokens of the modalities, the first one first.
        streams: of the same modalities.

    Returns:
        float32 [B, t, width], 0 if every modality is missing.
    """
    rows = []
    for number, (name, (x, mask)) in enumerate(sequences.items()):
        x = ops.cast(x, "float32")
        if number == 0:
            rows.append(over_places(x, streams[name]))
            continue
        mean = token_embedding.masked_mean(x, mask)
        rows.append(ops.expand_dims(mean, 1))
    present = [streams[name].present[:, None, None] for name in sequences]
    total = sum(row * there for row, there in zip(rows, present, strict=True))
    return total / ops.maximum(sum(present), 1.0)


def over_places(
    x: keras.KerasTensor, stream: modalities.Stream
) -> keras.KerasTensor:
    """Mean over the places of each time step, [B, N, C] -> [B, t, C]."""
    steps, rows, columns = stream.volume.shape[1:4]
    x = ops.reshape(x, (-1, steps, rows * columns, x.shape[-1]))
    return ops.mean(x, axis=2)
