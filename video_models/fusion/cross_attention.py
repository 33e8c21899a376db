"""The tokens of the first modality attend to those of the others."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.families import transformer
from video_models.families.fusion import modalities, token_sequences
from video_models.layers.attention import cross_attention

ops = keras.ops


@dataclasses.dataclass(frozen=True)
class Config(token_sequences.Config):
    """Settings of cross-attention."""

    layers: int = settings.setting(1, "Number of layers.", minimum=1)
    both: bool = settings.setting(
        False,
        "The other modalities attend to the first one, too, in each layer; the "
        "answer averages the modalities that are there.",
    )


TINY = Config(width=8, heads=2, both=True)


def build(
    config: Config, shapes: dict[str, modalities.Modality]
) -> keras.Model:
    """Queries of the first modality, keys and values of the others.

    Each layer is residual attention, then an MLP; both are pre-normalised, as
    in arXiv:2010.11929. Source: arXiv:1706.03762. Where none of the others is
    there, queries attend to a trained null token.

    Args:
        config: layers, direction, width, heads, modality dropout.
        shapes: what the backbones give, by name.

    Returns:
        The inputs of `modalities.inputs` -> float32 [B, t, width]; without
        `both`, the first modality's tokens, averaged over space.

    Raises:
        UserError: there are fewer than two modalities, or the width is no
            multiple of the heads.
    """
    block = config.block()
    given = modalities.inputs(shapes)
    streams = modalities.read(given, shapes, config.dropout)
    sequences = token_sequences.embed(streams, config.width)
    first, *others = shapes
    for number in range(1, config.layers + 1):
        before = dict(sequences)
        for name in shapes if config.both else [first]:
            asked = others if name == first else [first]
            context = _context(before, streams, asked, f"{name}_{number}")
            x = _attend(before[name].x, context, block, f"{name}_{number}")
            sequences[name] = before[name]._replace(x=x)
    for name in shapes if config.both else [first]:
        x = transformer.normalize(sequences[name].x, f"{name}_last_norm")
        sequences[name] = sequences[name]._replace(x=x)
    if config.both:
        x = token_sequences.read_out(sequences, streams)
    else:
        x = ops.cast(sequences[first].x, "float32")
        x = token_sequences.over_places(x, streams[first])
    return keras.Model(given, x, name="cross_attention")


def _context(
    sequences: dict[str, token_sequences.Tokens],
    streams: dict[str, modalities.Stream],
    names: list[str],
    prefix: str,
) -> token_sequences.Tokens:
    """The tokens of some modalities; a null token if all can be missing."""
    context = token_sequences.join([sequences[name] for name in names])
    if not all(streams[name].can_be_missing for name in names):
        return context
    return token_sequences.with_null(context, f"{prefix}_null")


def _attend(
    x: keras.KerasTensor,
    context: token_sequences.Tokens,
    block: transformer.Block,
    prefix: str,
) -> keras.KerasTensor:
    layer = cross_attention.CrossAttention(
        block.heads, name=f"{prefix}_attention"
    )
    x = x + layer(
        transformer.normalize(x, f"{prefix}_norm1"),
        transformer.normalize(context.x, f"{prefix}_context_norm"),
        key_mask=context.mask,
    )
    return transformer.think(x, block, 0.0, prefix)
