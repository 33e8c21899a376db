"""The bottleneck residual network shared by Slow, SlowFast and I3D-R50.

A block has kernels (k, 1, 1), (1, 3, 3) and (1, 1, 1); the first narrows the
channels, the last widens them. The backbones' files define k for each block.
"""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import convolution, normalization, pooling
from video_models.pretrained import backbone_weights

_STAGES = 4
_WIDENS = 4  # Ratio of a block's output to its inner channels.

# Layer of a block -> module of PyTorchVideo's block.
BLOCK_MODULES = {
    "reduce": "branch2.conv_a",
    "reduce_norm": "branch2.norm_a",
    "space": "branch2.conv_b",
    "space_norm": "branch2.norm_b",
    "expand": "branch2.conv_c",
    "expand_norm": "branch2.norm_c",
    "short": "branch1_conv",
    "short_norm": "branch1_norm",
}


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of a residual network of bottleneck blocks."""

    width: int = settings.setting(
        64,
        "Channels of the stem; the four stages return 4, 8, 16 and 32 times "
        "as many. 64 is the published network.",
        minimum=2,
    )
    blocks: tuple[int, ...] = settings.setting(
        (3, 4, 6, 3),
        "Blocks of each of the four stages; 3,4,6,3 is the published "
        "network of 50 layers, 3,4,23,3 has 101.",
        minimum=1,
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


def stem(
    x: keras.KerasTensor,
    config: Config,
    reach: int,
    path: str = "",
    narrower: int = 1,
) -> keras.KerasTensor:
    """A (reach, 7, 7) convolution and a 3x3 max pool.

    Args:
        x: [B, T, H, W, 3].
        config: width and normalisation.
        reach: temporal kernel size.
        path: suffix after "stem" in the names of layers.
        narrower: divisor of `config.width`.

    Returns:
        [B, T, H / 4, W / 4, width / narrower], rounded up.
    """
    width, name = config.width // narrower, f"stem{path}"
    x = convolution.convolve(x, width, (reach, 7, 7), (1, 2, 2), name)
    x = normalization.normalize_relu(x, config.norm, name)
    return pooling.max_pool(
        x, (1, 3, 3), (1, 2, 2), f"{name}_pool", padding=(0, 1, 1)
    )


def stage(
    x: keras.KerasTensor,
    config: Config,
    number: int,
    reaches: tuple[int, ...],
    path: str = "",
    narrower: int = 1,
) -> keras.KerasTensor:
    """The blocks of one stage; all stages but the first halve the frame.

    Args:
        x: [B, T, H, W, C].
        config: width, blocks and normalisation.
        number: number of the stage, from 1.
        reaches: temporal kernel sizes of its blocks, in turn.
        path: suffix after "stage1_block1" in the names of layers.
        narrower: divisor of the published channels.

    Returns:
        [B, T, h, w, 2 * 2**number * width / narrower].

    Raises:
        UserError: `blocks` does not have four numbers.
    """
    if len(config.blocks) != _STAGES:
        raise errors.UserError(
            f"--backbone.blocks={','.join(map(str, config.blocks))} names "
            f"{len(config.blocks)} stages, wanted {_STAGES}: such as 3,4,6,3"
        )
    width = config.width * 2 ** (number - 1) // narrower
    for block in range(config.blocks[number - 1]):
        reach = reaches[block % len(reaches)]
        stride = 2 if number > 1 and block == 0 else 1
        name = f"stage{number}_block{block + 1}{path}"
        x = _block(x, width, reach, stride, config.norm, name)
    return x


def normalize_to_zero(
    x: keras.KerasTensor, norm: str, name: str
) -> keras.KerasTensor:
    """Normalises a branch with a scale that starts at 0.

    Source: arXiv:1706.02677; all these networks were trained this way.
    """
    layer = normalization.build(norm, x.shape[-1], f"{name}_norm")
    layer.gamma_initializer = keras.initializers.Zeros()
    return layer(x)


def _block(
    x: keras.KerasTensor,
    width: int,
    reach: int,
    stride: int,
    norm: str,
    name: str,
) -> keras.KerasTensor:
    convolve, strides = convolution.convolve, (1, stride, stride)
    y = convolve(x, width, (reach, 1, 1), (1, 1, 1), f"{name}_reduce")
    y = normalization.normalize_relu(y, norm, f"{name}_reduce")
    y = convolve(y, width, (1, 3, 3), strides, f"{name}_space")
    y = normalization.normalize_relu(y, norm, f"{name}_space")
    y = convolve(y, _WIDENS * width, (1, 1, 1), (1, 1, 1), f"{name}_expand")
    y = normalize_to_zero(y, norm, f"{name}_expand")
    if stride > 1 or x.shape[-1] != _WIDENS * width:
        x = convolve(x, _WIDENS * width, (1, 1, 1), strides, f"{name}_short")
        x = normalization.build(norm, x.shape[-1], f"{name}_short_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x + y)
