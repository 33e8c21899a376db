"""ResNet-18 and -50, applied to each frame alone.

They ignore time; combine them with a temporal block.
"""

import dataclasses
import re
from typing import NamedTuple

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import published
from video_models.layers import normalization, pixels
from video_models.pretrained import backbone_weights, public_files
from video_models.weights import torch_names

FRAMES_ALONE = True

# Of ImageNet, in 0..1; torchvision's.
_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)


class _Variant(NamedTuple):
    """Blocks of each stage, and their kind."""

    blocks: tuple[int, ...]
    is_narrowed: bool
    """Whether a block narrows to a quarter of its channels inside."""


_VARIANTS = {
    "18": _Variant((2, 2, 2, 2), False),
    "50": _Variant((3, 4, 6, 3), True),
}


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of the frame ResNet."""

    variant: str = settings.setting(
        "18", "Number of layers.", choices=tuple(_VARIANTS)
    )
    width: int = settings.setting(
        64,
        "Channels of the stem; doubled in each later stage. 64 is the "
        "published network.",
        minimum=2,
    )
    stages: int = settings.setting(
        4,
        "Number of stages; each but the first halves height and width. 4 is "
        "the published network, fewer suit small frames.",
        minimum=1,
        maximum=4,
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


TINY = Config(width=4, stages=2)

PUBLISHED = (
    published.Network(Config("18"), 1, 224, 1000, 11_689_512, 1.814e9),
    published.Network(Config("50"), 1, 224, 1000, 25_557_032, 4.089e9),
)

WEIGHTS = tuple(
    public_files.torchvision(file, f"ImageNet {score}", variant=variant)
    for variant, file, score in (
        ("18", "resnet18-f37072fd.pth", 69.8),
        ("50", "resnet50-0676ba61.pth", 76.1),
        ("50", "resnet50-11ad3fa6.pth", 80.9),
    )
)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Applies a residual network of 2-D convolutions to every frame.

    Source: arXiv:1512.03385, as in torchvision's `resnet18` and `resnet50`
    (a block of the latter strides in its 3x3 convolution): the same padding,
    and with a linear layer for 1000 classes after an average over space and
    time exactly 11,689,512 and 25,557,032 trainable parameters; 1.814 and
    4.089 G multiply-adds a frame of 224x224, for which it was published.
    Differs: none for a clip of one frame.

    Args:
        config: variant, width, stages, normalisation.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> {"volume": [B, T, H / 32, W / 32,
        8 * width]}, rounded up; 32 * width for 50 layers.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = pixels.standardize(frames, _MEAN, _DEVIATION)
    x = keras.ops.reshape(x, (-1, *clip.shape[1:]))
    x = _stem(x, config)
    variant = _VARIANTS[config.variant]
    block = _narrowed_block if variant.is_narrowed else _plain_block
    for stage in range(config.stages):
        width = config.width * 2**stage
        for number in range(variant.blocks[stage]):
            stride = 2 if stage > 0 and number == 0 else 1
            name = f"stage{stage + 1}_block{number + 1}"
            x = block(x, width, stride, config.norm, name)
    volume = keras.ops.reshape(x, (-1, clip.frames, *x.shape[1:]))
    return keras.Model(frames, {"volume": volume}, name="frame_resnet")


published_head = published.head(published.average_and_classify, 0.0)


_ONCE = {"stem": "conv1", "stem_norm": "bn1", "logits": "fc"}
_IN_BLOCKS = {"short": "downsample.0", "short_norm": "downsample.1"}
for _number in "123":
    _IN_BLOCKS[_number] = f"conv{_number}"
    _IN_BLOCKS[f"{_number}_norm"] = f"bn{_number}"


def published_name(path: str) -> str | None:
    """Returns the name of a weight in torchvision's `resnet18` or `resnet50`.

    None if they have no such weight.
    """
    layer, variable = torch_names.split(path)
    if variable is None:
        return None
    if layer in _ONCE:
        return f"{_ONCE[layer]}.{variable}"
    stage, block, part = re.fullmatch(
        r"stage(\d)_block(\d)_(\w+)", layer
    ).groups()
    return f"layer{stage}.{int(block) - 1}.{_IN_BLOCKS[part]}.{variable}"


def _stem(x: keras.KerasTensor, config: Config) -> keras.KerasTensor:
    x = _convolve(x, config.width, 7, 2, "stem")
    x = normalization.normalize_relu(x, config.norm, "stem")
    # Zeros are as good as PyTorch's -inf: nothing is below 0 here.
    x = keras.layers.ZeroPadding2D(1, name="stem_pool_pad")(x)
    return keras.layers.MaxPooling2D(3, 2, name="stem_pool")(x)


def _plain_block(
    x: keras.KerasTensor, width: int, stride: int, norm: str, name: str
) -> keras.KerasTensor:
    y = _convolve(x, width, 3, stride, f"{name}_1")
    y = normalization.normalize_relu(y, norm, f"{name}_1")
    y = _convolve(y, width, 3, 1, f"{name}_2")
    y = normalization.build(norm, width, f"{name}_2_norm")(y)
    return _add(x, y, stride, norm, name)


def _narrowed_block(
    x: keras.KerasTensor, width: int, stride: int, norm: str, name: str
) -> keras.KerasTensor:
    y = _convolve(x, width, 1, 1, f"{name}_1")
    y = normalization.normalize_relu(y, norm, f"{name}_1")
    y = _convolve(y, width, 3, stride, f"{name}_2")
    y = normalization.normalize_relu(y, norm, f"{name}_2")
    y = _convolve(y, 4 * width, 1, 1, f"{name}_3")
    y = normalization.build(norm, 4 * width, f"{name}_3_norm")(y)
    return _add(x, y, stride, norm, name)


def _add(
    x: keras.KerasTensor,
    y: keras.KerasTensor,
    stride: int,
    norm: str,
    name: str,
) -> keras.KerasTensor:
    width = y.shape[-1]
    if x.shape[-1] != width:
        x = _convolve(x, width, 1, stride, f"{name}_short")
        x = normalization.build(norm, width, f"{name}_short_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x + y)


def _convolve(
    x: keras.KerasTensor, width: int, kernel: int, stride: int, name: str
) -> keras.KerasTensor:
    # Strided Keras convolutions pad even sizes on one side only.
    padding = "same"
    if stride > 1:
        padding = "valid"
        if kernel > 1:
            x = keras.layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")(x)
    return keras.layers.Conv2D(
        width,
        kernel,
        stride,
        padding,
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )(x)
