"""Vision Transformers: their sizes, and the block that they are made of."""

import dataclasses
from typing import Any, NamedTuple

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import randomness
from video_models.layers.attention import self_attention


class Size(NamedTuple):
    """Channels, blocks and heads."""

    width: int
    depth: int
    heads: int


# Small, base, large, huge: arXiv:2010.11929, and arXiv:2012.12877 for s.
SIZES = {
    "s": Size(384, 12, 6),
    "b": Size(768, 12, 12),
    "l": Size(1024, 24, 16),
    "h": Size(1280, 32, 16),
}


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings that every Vision Transformer has beside its `variant`."""

    width: int | None = settings.setting(
        None,
        "Channels, a multiple of the heads; unset: the variant's.",
        minimum=1,
    )
    depth: int | None = settings.setting(
        None, "Number of transformer blocks; unset: the variant's.", minimum=1
    )
    patch: int = settings.setting(
        16, "Height and width of a patch in pixels.", minimum=1
    )


class Block(NamedTuple):
    """What the blocks of one network have in common.

    Attributes:
        heads: of attention.
        attention: settings of `SelfAttention`, which say how its weights are
            laid out.
        is_gelu_exact: whether GELU is computed by the error function, and
            not by tanh.
    """

    heads: int
    attention: dict[str, Any]
    is_gelu_exact: bool = True


def size(variant: str, config: Config) -> Size:
    """The variant's size with what `config` changes.

    Raises:
        UserError: the width cannot be divided among the heads.
    """
    published = SIZES[variant]
    width = config.width or published.width
    if width % published.heads:
        raise errors.UserError(
            f"--backbone.width={width} with {published.heads} heads of "
            f"--backbone.variant={variant}: wanted a multiple of "
            f"{published.heads}"
        )
    return Size(width, config.depth or published.depth, published.heads)


def rates(last: float, depth: int) -> list[float]:
    """Stochastic depth of each block: from 0 for the first to `last`."""
    return [last * number / max(1, depth - 1) for number in range(depth)]


def transform(
    x: keras.KerasTensor, kind: Block, rate: float, name: str
) -> keras.KerasTensor:
    """One transformer block: attention, then an MLP, each beside a shortcut.

    Source: arXiv:2010.11929.

    Args:
        x: [B, N, C].
        kind: of block.
        rate: share of examples for which a part is left out in training.
        name: what the names of the layers begin with.

    Returns:
        [B, N, C].
    """
    x = x + attend(
        normalize(x, f"{name}_norm1"), kind, rate, f"{name}_attention"
    )
    return think(x, kind, rate, name)


def attend(
    x: keras.KerasTensor, kind: Block, rate: float, name: str
) -> keras.KerasTensor:
    """Attention alone, without norm or shortcut; [B, N, C] stays so."""
    y = self_attention.SelfAttention(kind.heads, name=name, **kind.attention)(x)
    return _drop(y, rate, f"{name}_drop")


def think(
    x: keras.KerasTensor, kind: Block, rate: float, name: str
) -> keras.KerasTensor:
    """The second half of a block: norm, MLP and shortcut."""
    y = normalize(x, f"{name}_norm2")
    y = linear(y, 4 * x.shape[-1], f"{name}_hidden")
    y = keras.ops.gelu(y, approximate=not kind.is_gelu_exact)
    y = linear(y, x.shape[-1], f"{name}_mlp")
    return x + _drop(y, rate, f"{name}_mlp_drop")


def normalize(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Layer normalisation of the channels."""
    return keras.layers.LayerNormalization(epsilon=1e-6, name=name)(x)


def linear(
    x: keras.KerasTensor, width: int, name: str, start: Any = None
) -> keras.KerasTensor:
    """A linear map of the channels, with weights of deviation 0.02 at first."""
    start = start or small()
    return keras.layers.Dense(width, kernel_initializer=start, name=name)(x)


def small() -> keras.initializers.Initializer:
    """How public code of transformers begins; a new one for every weight."""
    return keras.initializers.TruncatedNormal(stddev=0.02)


def _drop(x: keras.KerasTensor, rate: float, name: str) -> keras.KerasTensor:
    if not rate:
        return x
    return randomness.StochasticDepth(rate, name=name)(x)
