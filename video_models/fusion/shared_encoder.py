"""One transformer for the tokens of all modalities."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.families import transformer
from video_models.families.fusion import modalities, token_sequences


@dataclasses.dataclass(frozen=True)
class Config(token_sequences.Config):
    """Settings of the shared encoder."""

    layers: int = settings.setting(2, "Transformer layers.", minimum=1)


TINY = Config(width=8, heads=2, layers=1)


def build(
    config: Config, shapes: dict[str, modalities.Modality]
) -> keras.Model:
    """The same blocks for the tokens of all modalities, in one sequence.

    Source: PolyViT, arXiv:2111.12993, whose modalities share all blocks and
    have linear maps of their own. Differs: the modalities of a clip attend to
    one another, and each has an embedding, the bias of its linear map; the
    answer averages the modalities that are there.

    Args:
        config: layers, width, heads, modality dropout.
        shapes: what the backbones give, by name.

    Returns:
        The inputs of `modalities.inputs` -> float32 [B, t, width].

    Raises:
        UserError: there are fewer than two modalities, or the width is no
            multiple of the heads.
    """
    block = config.block()
    given = modalities.inputs(shapes)
    streams = modalities.read(given, shapes, config.dropout)
    sequences = token_sequences.embed(streams, config.width)
    x, mask = token_sequences.join(list(sequences.values()))
    for number in range(1, config.layers + 1):
        x = transformer.transform(x, block, 0.0, f"block{number}", mask)
    x = transformer.normalize(x, "norm")
    start = 0
    for name, (before, mask) in sequences.items():
        count = before.shape[1]
        part = x[:, start : start + count]
        sequences[name] = token_sequences.Tokens(part, mask)
        start += count
    x = token_sequences.read_out(sequences, streams)
    return keras.Model(given, x, name="shared_encoder")
