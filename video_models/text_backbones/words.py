"""A vector per word and their mean; the vectors may be public ones."""

import dataclasses
import sys

import keras
import numpy as np

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.families.text import text_network
from video_models.layers.attention import token_embedding
from video_models.pretrained import word_vectors


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the word vectors."""

    width: int = settings.setting(
        300,
        "Channels of a vector; those of --text_backbone.vectors.",
        minimum=1,
    )
    vectors: str | None = settings.setting(
        None,
        "File of word vectors to start from: of GloVe, Word2Vec (text or "
        "binary) or fastText (.vec), which may be compressed by gzip. Words "
        "that it lacks, and special tokens, start at 0. Unset: random.",
    )


TINY = Config(width=8)


def build(config: Config, text: batch.TextSpec) -> keras.Model:
    """Builds an embedding of words; `token` is their mean.

    Source: GloVe (https://nlp.stanford.edu/projects/glove), Word2Vec
    (arXiv:1301.3781) and fastText (arXiv:1607.04606) for the public vectors;
    arXiv:1408.5882 for starting from them. Differs: words without a public
    vector start at 0 instead of random, so that they do not disturb the mean.

    Args:
        config: width and file of vectors.
        text: tokens of a clip; with a file, its words too.

    Returns:
        {"tokens": int32 [B, L], "tokens_mask": float32 [B, L]} ->
        {"volume": [B, L, 1, 1, C], "token": [B, C], "mask": [B, L]}.

    Raises:
        UserError: the file is missing or damaged, has none of the words or
            another width; or the tokens are no words.
    """
    inputs = text_network.inputs(text)
    layer = token_embedding.TokenEmbedding(
        text.vocabulary, config.width, name="stem_tokens"
    )
    network = text_network.build(inputs, layer(inputs["tokens"]), None, "words")
    if config.vectors is not None:
        layer.table.assign(_start(config, text))
    return network


def _start(config: Config, text: batch.TextSpec) -> np.ndarray:
    """float32 [vocabulary, width]: vectors of the words, 0 for others."""
    flag = f"--text_backbone.vectors={config.vectors}"
    if text.is_pieces or not text.words:
        kind = "word pieces" if text.is_pieces else "no words"
        raise errors.UserError(
            f"{flag}: the tokens are {kind}: wanted --text.tokens=words, of "
            "shards built with --words.kind=words"
        )
    table, is_found = word_vectors.read(config.vectors, text.words)
    print(
        f"{flag} has {is_found.sum():,} of the vocabulary's "
        f"{is_found.size:,} words",
        file=sys.stderr,
    )
    width = table.shape[1]
    if width != config.width:
        raise errors.UserError(
            f"{flag} has vectors of {width} channels, wanted {config.width}: "
            f"set --text_backbone.width={width}"
        )
    return np.pad(table, ((text.specials, 0), (0, 0)))
