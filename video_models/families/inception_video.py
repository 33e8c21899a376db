"""The Inception skeleton shared by I3D and S3D.

The backbones' files define what differs: convolutions and padding.
"""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import convolution, normalization, pooling, randomness
from video_models.pretrained import backbone_weights

# Channels of each block: the 1x1x1 branch; two branches that reduce, then
# convolve; the branch that pools first. Source: arXiv:1409.4842, table 1.
BLOCKS = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    (
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
)
_EPSILON = 1e-3


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of an Inception video network."""

    width: int = settings.setting(
        64,
        "Channels of the first convolution; all others scale with it. 64 is "
        "the published network.",
        minimum=4,
    )
    blocks: tuple[int, ...] = settings.setting(
        (2, 5, 2),
        "Inception blocks to keep in each of the three stages; the "
        "published network has 2,5,2.",
        minimum=0,
        maximum=5,
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )
    norm_momentum: float = settings.setting(
        0.999,
        "Momentum of the moving averages of batch normalisation; the "
        "published 0.999 needs thousands of steps, 0.9 suits short runs.",
        minimum=0.0,
        maximum=1.0,
    )


TINY = Config(width=4, blocks=(1, 0, 0))


class Style(NamedTuple):
    """What distinguishes one network.

    Attributes:
        convolve: (x, width, size, stride, config, name) -> a size^3
            convolution with normalisation and activation.
        pad: window of a max pool -> its padding.
    """

    convolve: Callable[..., keras.KerasTensor]
    pad: Callable[[tuple[int, int, int]], str | tuple[int, int, int]]


def stack(
    x: keras.KerasTensor, config: Config, style: Style
) -> keras.KerasTensor:
    """Returns the output of all layers but the head.

    Args:
        x: [B, T, H, W, 3], scaled.
        config: width, blocks, normalisation.
        style: convolutions and padding.

    Returns:
        [B, T / 8, H / 32, W / 32, C]; C is 1024 with all blocks.

    Raises:
        UserError: more blocks than the published network has.
    """
    _check_blocks(config)
    width = config.width
    x = style.convolve(x, width, 7, 2, config, "stem_first")
    x = _halve(x, (1, 3, 3), 1, style, "stem_first_pool")
    x = unit(x, width, (1, 1, 1), (1, 1, 1), config, "stem_second")
    x = style.convolve(x, 3 * width, 3, 1, config, "stem_third")
    x = _halve(x, (1, 3, 3), 1, style, "stem_third_pool")
    for stage, rows in enumerate(BLOCKS, start=3):
        if stage > 3:
            window = (3, 3, 3) if stage == 4 else (2, 2, 2)
            x = _halve(x, window, 2, style, f"stage{stage}_pool")
        for block in range(config.blocks[stage - 3]):
            name = f"stage{stage}_block{block + 1}"
            x = _block(x, rows[block], config, style, name)
    return x


def unit(
    x: keras.KerasTensor,
    width: int,
    kernel: tuple[int, int, int],
    strides: tuple[int, int, int],
    config: Config,
    name: str,
    padding: str = "around",
) -> keras.KerasTensor:
    """Convolution, normalisation, ReLU.

    Args:
        x: [B, T, H, W, C].
        width: output channels.
        kernel: size in time, height, width.
        strides: the same order.
        config: the normalisation.
        name: name of the convolution.
        padding: "around" like PyTorch, "same" like TensorFlow.
    """
    if padding == "same":
        x = keras.layers.Conv3D(
            width,
            kernel,
            strides,
            "same",
            use_bias=False,
            kernel_initializer="he_normal",
            name=name,
        )(x)
    else:
        x = convolution.convolve(x, width, kernel, strides, name)
    x = normalization.build(
        config.norm, width, f"{name}_norm", _EPSILON, config.norm_momentum
    )(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def classify(
    volume: tuple[int, ...], classes: int, dropout: float
) -> keras.Model:
    """2x7x7 average pool, dropout, linear layer, mean over positions.

    The pool covers the whole volume if that is smaller.

    Args:
        volume: `(t, h, w, C)`.
        classes: number of logits.
        dropout: dropout rate of the features.

    Returns:
        {"volume": [B, t, h, w, C]} -> logits float32 [B, classes].
    """
    features = keras.Input(volume, name="volume")
    window = tuple(map(min, (2, 7, 7), volume))
    x = pooling.average_pool(features, window, "head_pool")
    x = randomness.Dropout(dropout, name="head_dropout")(x)
    # The mean goes before the linear layer: equal, and cheaper.
    x = keras.ops.mean(x, axis=(1, 2, 3))
    logits = keras.layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model({"volume": features}, logits, name="published_head")


def _block(
    x: keras.KerasTensor,
    row: tuple[int, ...],
    config: Config,
    style: Style,
    name: str,
) -> keras.KerasTensor:
    def reduce(x, width, branch):
        return unit(x, width, (1, 1, 1), (1, 1, 1), config, f"{name}_{branch}")

    def convolve(x, width, branch):
        return style.convolve(x, width, 3, 1, config, f"{name}_{branch}")

    widths = [max(1, each * config.width // 64) for each in row]
    a = reduce(x, widths[0], "a")
    b = convolve(reduce(x, widths[1], "b_reduce"), widths[2], "b")
    c = convolve(reduce(x, widths[3], "c_reduce"), widths[4], "c")
    pooled = pooling.max_pool(x, (3, 3, 3), (1, 1, 1), f"{name}_d_pool", "same")
    d = reduce(pooled, widths[5], "d")
    return keras.ops.concatenate([a, b, c, d], axis=-1)


def _halve(
    x: keras.KerasTensor,
    window: tuple[int, int, int],
    time_stride: int,
    style: Style,
    name: str,
) -> keras.KerasTensor:
    strides = (time_stride, 2, 2)
    return pooling.max_pool(x, window, strides, name, style.pad(window))


def _check_blocks(config: Config) -> None:
    most = tuple(map(len, BLOCKS))
    fits = len(config.blocks) == len(most) and all(
        given <= limit for given, limit in zip(config.blocks, most, strict=True)
    )
    if not fits:
        raise errors.UserError(
            f"--backbone.blocks={','.join(map(str, config.blocks))}: wanted "
            f"three numbers, at most {','.join(map(str, most))}"
        )
