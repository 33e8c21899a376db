"""The inverted residual block of X3D, with a depthwise convolution."""

import keras

from video_models.families import bottleneck, channel_counts
from video_models.layers import convolution, depthwise, normalization

ops = keras.ops

WIDENS = 2.25  # Ratio of a block's inner channels to its output.

# Layer of a block -> module of PyTorchVideo's block.
BLOCK_MODULES = {
    "expand": "branch2.conv_a",
    "expand_norm": "branch2.norm_a",
    "depthwise": "branch2.conv_b",
    "depthwise_norm": "branch2.norm_b.0",
    "squeeze": "branch2.norm_b.1.block.0",
    "excite": "branch2.norm_b.1.block.2",
    "project": "branch2.conv_c",
    "project_norm": "branch2.norm_c",
    "short": "branch1_conv",
    "short_norm": "branch1_norm",
}


def build(
    x: keras.KerasTensor,
    width: int,
    stride: int,
    excites: bool,
    norm: str,
    name: str,
) -> keras.KerasTensor:
    """Widens, convolves depthwise (3x3x3), narrows again.

    Args:
        x: [B, T, H, W, C].
        width: output channels.
        stride: stride over height and width.
        excites: whether to apply squeeze-and-excitation.
        norm: one of `normalization.KINDS`.
        name: name of the block.

    Returns:
        [B, T, H / stride, W / stride, width], rounded up.
    """
    inner, strides = int(WIDENS * width), (1, stride, stride)
    y = _pointwise(x, inner, 1, f"{name}_expand")
    y = normalization.normalize_relu(y, norm, f"{name}_expand")
    y = depthwise.DepthwiseConv3D((3, 3, 3), strides, name=f"{name}_depthwise")(
        y
    )
    y = normalization.build(norm, inner, f"{name}_depthwise_norm")(y)
    if excites:
        y = _excite(y, name)
    y = keras.layers.Activation("silu", name=f"{name}_swish")(y)
    y = _pointwise(y, width, 1, f"{name}_project")
    y = bottleneck.normalize_to_zero(y, norm, f"{name}_project")
    if stride > 1 or x.shape[-1] != width:
        x = _pointwise(x, width, stride, f"{name}_short")
        x = normalization.build(norm, width, f"{name}_short_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x + y)


def _pointwise(
    x: keras.KerasTensor, width: int, stride: int, name: str
) -> keras.KerasTensor:
    strides = (1, stride, stride)
    return convolution.convolve(x, width, (1, 1, 1), strides, name)


def _excite(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Squeeze-and-excitation, arXiv:1709.01507."""
    y = ops.mean(x, axis=(1, 2, 3), keepdims=True)
    narrow = channel_counts.divisible_by_8(x.shape[-1] / 16)
    y = keras.layers.Dense(narrow, "relu", name=f"{name}_squeeze")(y)
    y = keras.layers.Dense(x.shape[-1], "sigmoid", name=f"{name}_excite")(y)
    return x * y
