"""The 18-layer residual skeleton shared by R3D, MC3 and R(2+1)D.

The backbones' files define what differs: the stem and the convolution of each
stage.
"""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import keras

from tfrecords_tools.base import errors, settings
from video_models.families import published
from video_models.layers import convolution, normalization
from video_models.pretrained import backbone_weights
from video_models.weights import torch_names

STAGES = 4


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of a residual video network."""

    width: int = settings.setting(
        64,
        "Channels of the first stage; doubled in each later stage. 64 is "
        "the published network.",
        minimum=2,
    )
    blocks: tuple[int, ...] = settings.setting(
        (2, 2, 2, 2),
        "Residual blocks of each of the four stages; 2,2,2,2 is the "
        "published network of 18 layers, 3,4,6,3 has 34.",
        minimum=1,
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


TINY = Config(width=2, blocks=(1, 1, 1, 1))


class Stage(NamedTuple):
    """What distinguishes one stage.

    Attributes:
        convolve: (x, input channels of the block, width, strides, norm, name)
            -> a convolution without its normalisation.
        strides: strides of its first block in time, height, width.
    """

    convolve: Callable[..., keras.KerasTensor]
    strides: tuple[int, int, int]


def dense(kernel: tuple[int, int, int]) -> Callable[..., keras.KerasTensor]:
    """Returns a `convolve` of one ordinary convolution."""

    def convolve(
        x: keras.KerasTensor,
        entering: int,
        width: int,
        strides: tuple[int, int, int],
        norm: str,
        name: str,
    ) -> keras.KerasTensor:
        del entering, norm
        return convolution.convolve(x, width, kernel, strides, name)

    return convolve


def dense_stem(x: keras.KerasTensor, config: Config) -> keras.KerasTensor:
    """A 3x7x7 convolution that halves the frame."""
    x = convolution.convolve(x, config.width, (3, 7, 7), (1, 2, 2), "stem")
    return normalization.normalize_relu(x, config.norm, "stem")


def stack(
    x: keras.KerasTensor, config: Config, stages: tuple[Stage, ...]
) -> keras.KerasTensor:
    """Applies four stages of residual blocks.

    Args:
        x: [B, T, H, W, width], output of the stem.
        config: width, blocks, normalisation.
        stages: one per number in `config.blocks`.

    Returns:
        [B, t, h, w, 8 * width].
    """
    if len(config.blocks) != STAGES:
        raise errors.UserError(
            f"--backbone.blocks={','.join(map(str, config.blocks))} names "
            f"{len(config.blocks)} stages, wanted {STAGES}: such as 2,2,2,2"
        )
    for number, stage in enumerate(stages):
        for block in range(config.blocks[number]):
            name = f"stage{number + 1}_block{block + 1}"
            strides = (1, 1, 1) if block else stage.strides
            width = config.width * 2**number
            x = _block(x, stage.convolve, width, strides, config.norm, name)
    return x


def _block(
    x: keras.KerasTensor,
    convolve: Callable[..., keras.KerasTensor],
    width: int,
    strides: tuple[int, int, int],
    norm: str,
    name: str,
) -> keras.KerasTensor:
    entering = x.shape[-1]
    y = convolve(x, entering, width, strides, norm, f"{name}_first")
    y = normalization.normalize_relu(y, norm, f"{name}_first")
    y = convolve(y, entering, width, (1, 1, 1), norm, f"{name}_second")
    y = normalization.build(norm, width, f"{name}_second_norm")(y)
    if max(strides) > 1:
        x = convolution.convolve(x, width, (1, 1, 1), strides, f"{name}_short")
        x = normalization.build(norm, width, f"{name}_short_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x + y)


published_head = published.head(published.average_and_classify, 0.0)


_PLACES = {
    "first": "conv1.0",
    "first_space": "conv1.0.0",
    "first_space_norm": "conv1.0.1",
    "first_time": "conv1.0.3",
    "first_norm": "conv1.1",
    "second": "conv2.0",
    "second_space": "conv2.0.0",
    "second_space_norm": "conv2.0.1",
    "second_time": "conv2.0.3",
    "second_norm": "conv2.1",
    "short": "downsample.0",
    "short_norm": "downsample.1",
}
_OUTSIDE = {
    "stem": "stem.0",
    "stem_norm": "stem.1",
    "stem_space": "stem.0",
    "stem_space_norm": "stem.1",
    "stem_time": "stem.3",
    "stem_time_norm": "stem.4",
    "logits": "fc",
}


def published_name(path: str) -> str | None:
    """Returns torchvision's name of a weight, or None."""
    layer, variable = torch_names.split(path)
    if variable is None:
        return None
    if layer in _OUTSIDE:
        return f"{_OUTSIDE[layer]}.{variable}"
    stage, block, place = layer.split("_", 2)
    number = int(block.removeprefix("block")) - 1
    stage = stage.removeprefix("stage")
    return f"layer{stage}.{number}.{_PLACES[place]}.{variable}"
