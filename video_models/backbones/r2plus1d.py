"""R(2+1)D-18: every 3-D convolution split into space, then time."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.layers import normalization

# Of Kinetics-400, in 0..1; torchvision's.
_MEAN = (0.43216, 0.394666, 0.37645)
_DEVIATION = (0.22803, 0.22145, 0.216989)

_BLOCKS = 2  # In each of the four stages: 18 layers in all.


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of R(2+1)D-18."""

    width: int = settings.setting(
        64,
        "Channels of the first stage; each next one has twice as many. 64 "
        "is the published network.",
        minimum=2,
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


TINY = Config(width=2)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """An 18-layer residual network of (2+1)-D convolutions.

    Source: arXiv:1711.11248, as in torchvision's `r2plus1d_18`: the same
    padding, and with a linear layer for 400 classes after an average over
    space and time exactly 31,505,325 trainable parameters. Differs: none.

    Args:
        config: width and normalisation.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T / 8, H / 16, W / 16, 8 * width]}, rounded up.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = _scale_pixels(frames)
    x = _stem(x, config)
    for stage in range(4):
        for block in range(_BLOCKS):
            stride = 2 if stage > 0 and block == 0 else 1
            width = config.width * 2**stage
            name = f"stage{stage + 1}_block{block + 1}"
            x = _residual_block(x, width, stride, config.norm, name)
    return keras.Model(frames, {"volume": x}, name="r2plus1d")


def _scale_pixels(frames: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.Rescaling(
        [1 / (255 * deviation) for deviation in _DEVIATION],
        [-m / d for m, d in zip(_MEAN, _DEVIATION, strict=True)],
        name="scale_pixels",
    )(frames)


def _stem(x: keras.KerasTensor, config: Config) -> keras.KerasTensor:
    middle = max(1, 45 * config.width // 64)
    x = _convolve(x, middle, (1, 7, 7), (1, 2, 2), "stem_space")
    x = _normalize_relu(x, config.norm, "stem_space")
    x = _convolve(x, config.width, (3, 1, 1), (1, 1, 1), "stem_time")
    return _normalize_relu(x, config.norm, "stem_time")


def _residual_block(
    x: keras.KerasTensor, width: int, stride: int, norm: str, name: str
) -> keras.KerasTensor:
    inputs = x.shape[-1]
    # As many parameters as a 3x3x3 convolution would have.
    middle = (inputs * width * 27) // (inputs * 9 + 3 * width)
    y = _split(x, middle, width, stride, norm, f"{name}_first")
    y = _normalize_relu(y, norm, f"{name}_first")
    y = _split(y, middle, width, 1, norm, f"{name}_second")
    y = normalization.build(norm, width, f"{name}_second_norm")(y)
    if stride > 1:
        x = _convolve(x, width, (1, 1, 1), (stride,) * 3, f"{name}_short")
        x = normalization.build(norm, width, f"{name}_short_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x + y)


def _split(
    x: keras.KerasTensor,
    middle: int,
    width: int,
    stride: int,
    norm: str,
    name: str,
) -> keras.KerasTensor:
    x = _convolve(x, middle, (1, 3, 3), (1, stride, stride), f"{name}_space")
    x = _normalize_relu(x, norm, f"{name}_space")
    return _convolve(x, width, (3, 1, 1), (stride, 1, 1), f"{name}_time")


def _convolve(
    x: keras.KerasTensor,
    width: int,
    kernel: tuple[int, int, int],
    strides: tuple[int, int, int],
    name: str,
) -> keras.KerasTensor:
    # Keras pads an even picture on one side only when it strides.
    padding = "same"
    if max(strides) > 1:
        padding = "valid"
        around = tuple(size // 2 for size in kernel)
        if max(around):
            x = keras.layers.ZeroPadding3D(around, name=f"{name}_pad")(x)
    return keras.layers.Conv3D(
        width,
        kernel,
        strides,
        padding,
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )(x)


def _normalize_relu(
    x: keras.KerasTensor, norm: str, name: str
) -> keras.KerasTensor:
    x = normalization.build(norm, x.shape[-1], f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)
