"""Modalities exchange what they know through a few shared tokens (MBT)."""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.families import transformer
from video_models.families.fusion import (
    bottlenecks,
    modalities,
    token_sequences,
)
from video_models.layers.fusion import learned_rows


@dataclasses.dataclass(frozen=True)
class Config(token_sequences.Config):
    """Settings of bottleneck fusion."""

    layers: int = settings.setting(
        4, "Transformer layers of each modality.", minimum=1
    )
    fusion_layer: int = settings.setting(
        2,
        "Layers before the modalities meet, fewer than all; MBT-B has 8 of 12.",
        minimum=0,
    )
    bottlenecks: int = settings.setting(
        4, "Tokens through which the modalities meet.", minimum=1
    )


TINY = Config(width=8, heads=2, layers=2, fusion_layer=1, bottlenecks=2)


def build(
    config: Config, shapes: dict[str, modalities.Modality]
) -> keras.Model:
    """Transformers of their own for the modalities, joined by bottlenecks.

    From `fusion_layer` on, each modality attends to [x_m, b] with its own
    weights, and b becomes the mean of what the modalities that are there make
    of it. The answer averages the modalities that are there.

    Source: MBT, arXiv:2107.00135; b starts from N(0, 0.02). Differs: tokens
    are the features of backbones; no class token, but means of the tokens; no
    stochastic depth.

    Args:
        config: layers, bottlenecks, width, heads, modality dropout.
        shapes: what the backbones give, by name.

    Returns:
        The inputs of `modalities.inputs` -> float32 [B, t, width].

    Raises:
        UserError: there are fewer than two modalities, the width is no
            multiple of the heads, or the modalities never meet.
    """
    _check(config)
    block = config.block()
    given = modalities.inputs(shapes)
    streams = modalities.read(given, shapes, config.dropout)
    sequences = token_sequences.embed(streams, config.width)
    shared = learned_rows.LearnedRows(config.bottlenecks, name="bottlenecks")(
        sequences[next(iter(shapes))].x
    )
    present = {name: stream.present for name, stream in streams.items()}
    for number in range(1, config.layers + 1):
        if number <= config.fusion_layer:
            sequences = _apart(sequences, block, number)
        else:
            sequences, shared = bottlenecks.exchange(
                sequences, shared, present, block, number
            )
    for name, (x, mask) in sequences.items():
        x = transformer.normalize(x, f"{name}_last_norm")
        sequences[name] = token_sequences.Tokens(x, mask)
    x = token_sequences.read_out(sequences, streams)
    return keras.Model(given, x, name="bottleneck")


def _apart(
    sequences: dict[str, token_sequences.Tokens],
    block: transformer.Block,
    number: int,
) -> dict[str, token_sequences.Tokens]:
    """A layer in which every modality attends to itself."""
    return {
        name: token_sequences.Tokens(
            transformer.transform(x, block, 0.0, f"{name}_{number}", mask),
            mask,
        )
        for name, (x, mask) in sequences.items()
    }


def _check(config: Config) -> None:
    if config.fusion_layer >= config.layers:
        raise errors.UserError(
            f"--fusion.fusion_layer={config.fusion_layer} of "
            f"--fusion.layers={config.layers}: wanted fewer, or the "
            "modalities never meet"
        )
