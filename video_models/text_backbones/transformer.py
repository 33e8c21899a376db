"""A transformer encoder of words, trained from scratch."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import transformer
from video_models.families.text import text_network
from video_models.layers.attention import token_embedding, tokens


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the transformer."""

    width: int = settings.setting(
        256, "Channels, a multiple of the heads.", minimum=1
    )
    depth: int = settings.setting(4, "Number of transformer blocks.", minimum=1)
    heads: int = settings.setting(4, "Attention heads.", minimum=1)
    positions: str = settings.setting(
        "learnt",
        "Position encoding. learnt: a trained vector per position; sinusoids: "
        "fixed, without weights.",
        choices=("learnt", "sinusoids"),
    )
    stochastic_depth: float = settings.setting(
        0.1,
        "Stochastic depth: rate at which the last block is skipped per text "
        "in training; less in earlier blocks.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(width=8, depth=2, heads=2)

# As large as sinusoids, which would drown smaller vectors.
_DEVIATIONS = {"learnt": 0.02, "sinusoids": 0.7}


def build(config: Config, text: batch.TextSpec) -> keras.Model:
    """Builds a transformer over the tokens of a text.

    Source: arXiv:1706.03762, with pre-normalisation as in arXiv:2010.11929.
    Differs: stochastic depth in place of dropout; padding is masked in
    attention; `token` is the mean of the normalised vectors without padding.

    Args:
        config: width, depth, heads, positions, stochastic depth.
        text: tokens of a clip.

    Returns:
        {"tokens": int32 [B, L], "tokens_mask": float32 [B, L]} ->
        {"volume": [B, L, 1, 1, C], "token": [B, C], "mask": [B, L]}.

    Raises:
        UserError: the width is no multiple of the heads.
    """
    transformer.check_heads(config.width, config.heads, "text_backbone")
    inputs = text_network.inputs(text)
    mask = inputs["tokens_mask"]
    x = token_embedding.TokenEmbedding(
        text.vocabulary,
        config.width,
        _DEVIATIONS[config.positions],
        name="stem_tokens",
    )(inputs["tokens"])
    is_learnt = config.positions == "learnt"
    places = tokens.LearnedPlaces if is_learnt else tokens.FixedPlaces
    x = places(name="stem_places")(x)
    kind = transformer.Block(config.heads, {})
    rates = transformer.rates(config.stochastic_depth, config.depth)
    for number, rate in enumerate(rates, start=1):
        x = transformer.transform(x, kind, rate, f"block{number}", mask)
    x = transformer.normalize(x, "last_norm")
    return text_network.build(inputs, x, None, "transformer")
