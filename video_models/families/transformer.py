"""Vision Transformers: sizes and the transformer block."""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import randomness
from video_models.layers.attention import self_attention
from video_models.pretrained import backbone_weights


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
class Overrides(backbone_weights.Config):
    """Settings that change the size of a variant, see `override`."""

    width: int | None = settings.setting(
        None,
        "Channels, a multiple of the heads; unset: the variant's.",
        minimum=1,
    )
    depth: int | None = settings.setting(
        None, "Number of transformer blocks; unset: the variant's.", minimum=1
    )


@dataclasses.dataclass(frozen=True)
class Config(Overrides):
    """Settings shared by all Vision Transformers."""

    patch: int = settings.setting(
        16, "Height and width of a patch in pixels.", minimum=1
    )


class Block(NamedTuple):
    """Settings shared by the blocks of one network.

    Attributes:
        heads: number of attention heads.
        attention: arguments of `SelfAttention`: the layout of its weights.
        is_gelu_exact: whether GELU uses the error function instead of tanh.
        epsilon: of layer normalisation.
    """

    heads: int
    attention: dict[str, Any]
    is_gelu_exact: bool = True
    epsilon: float = 1e-6


def size(variant: str, config: Any, section: str = "backbone") -> Size:
    """Returns the variant's size with the overrides of `config`.

    Args:
        variant: one of `SIZES`.
        config: settings with `width` and `depth`, None where not overridden.
        section: the first word of their flags.

    Raises:
        UserError: the width is no multiple of the heads.
    """
    return override(SIZES, variant, config, section)


def override(
    sizes: Mapping[str, Size], variant: str, config: Any, section: str
) -> Size:
    """The same for the sizes of another family."""
    published = sizes[variant]
    width = config.width or published.width
    if width % published.heads:
        raise errors.UserError(
            f"--{section}.width={width} with {published.heads} heads of "
            f"--{section}.variant={variant}: wanted a multiple of "
            f"{published.heads}"
        )
    return Size(width, config.depth or published.depth, published.heads)


def check_heads(width: int, heads: int, section: str) -> None:
    """Raises UserError if the heads of a section's flags do not fit."""
    if width % heads:
        raise errors.UserError(
            f"--{section}.width={width} with --{section}.heads={heads}: "
            f"wanted a multiple of {heads}"
        )


def rates(last: float, depth: int) -> list[float]:
    """Returns the stochastic depth of each block, from 0 to `last`."""
    return [last * number / max(1, depth - 1) for number in range(depth)]


def transform(
    x: keras.KerasTensor,
    kind: Block,
    rate: float,
    name: str,
    mask: keras.KerasTensor | None = None,
) -> keras.KerasTensor:
    """One transformer block: attention, then an MLP, both residual.

    Source: arXiv:2010.11929.

    Args:
        x: [B, N, C].
        kind: the `Kind` of the block.
        rate: rate at which a branch is skipped per example in training.
        name: prefix of the names of the layers.
        mask: [B, N], 0 for padding; None: there is none.

    Returns:
        [B, N, C].
    """
    x = x + attend(
        normalize(x, f"{name}_norm1", kind.epsilon),
        kind,
        rate,
        f"{name}_attention",
        mask,
    )
    return think(x, kind, rate, name)


def attend(
    x: keras.KerasTensor,
    kind: Block,
    rate: float,
    name: str,
    mask: keras.KerasTensor | None = None,
) -> keras.KerasTensor:
    """Attention without normalisation and shortcut, [B, N, C]."""
    layer = self_attention.SelfAttention(
        kind.heads, name=name, **kind.attention
    )
    y = layer(x) if mask is None else layer(x, key_mask=mask)
    return _drop(y, rate, f"{name}_drop")


def think(
    x: keras.KerasTensor, kind: Block, rate: float, name: str
) -> keras.KerasTensor:
    """The second half of a block: normalisation, MLP and shortcut."""
    y = normalize(x, f"{name}_norm2", kind.epsilon)
    y = linear(y, 4 * x.shape[-1], f"{name}_hidden")
    y = keras.ops.gelu(y, approximate=not kind.is_gelu_exact)
    y = linear(y, x.shape[-1], f"{name}_mlp")
    return x + _drop(y, rate, f"{name}_mlp_drop")


def normalize(
    x: keras.KerasTensor, name: str, epsilon: float = 1e-6
) -> keras.KerasTensor:
    """Layer normalisation of the channels."""
    return keras.layers.LayerNormalization(epsilon=epsilon, name=name)(x)


def linear(
    x: keras.KerasTensor, width: int, name: str, start: Any = None
) -> keras.KerasTensor:
    """A linear layer; initial weights have standard deviation 0.02."""
    start = start or small()
    return keras.layers.Dense(width, kernel_initializer=start, name=name)(x)


def small() -> keras.initializers.Initializer:
    """The usual initializer of transformers; a new one per weight."""
    return keras.initializers.TruncatedNormal(stddev=0.02)


def _drop(x: keras.KerasTensor, rate: float, name: str) -> keras.KerasTensor:
    if not rate:
        return x
    return randomness.StochasticDepth(rate, name=name)(x)
