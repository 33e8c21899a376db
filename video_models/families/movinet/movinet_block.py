"""The inverted bottleneck block of MoViNets.

It widens the channels, convolves depthwise, applies squeeze-and-excitation,
and narrows the channels again.
"""

from typing import NamedTuple

import keras

from video_models.families.movinet import movinet_settings, movinet_squeeze
from video_models.layers import (
    depthwise,
    normalization,
    pointwise_convolution,
    randomness,
    rezero,
    stream_states,
)

ops = keras.ops


class Sizes(NamedTuple):
    """The sizes of one block.

    Attributes:
        width: output channels.
        expansion: inner channels.
        kernel: kernel size in time, height and width.
        stride: stride over height and width.
        dropped: rate at which clips skip the block in training.
    """

    width: int
    expansion: int
    kernel: tuple[int, int, int]
    stride: int
    dropped: float


def block(
    x: keras.KerasTensor,
    sizes: Sizes,
    style: movinet_settings.Style,
    states: stream_states.States | None,
    name: str,
) -> keras.KerasTensor:
    """Applies one residual block.

    Args:
        x: [B, T, H, W, C].
        sizes: sizes of the block.
        style: settings shared by all blocks.
        states: states of the stream; None for a whole clip.
        name: prefix of the names of its layers.

    Returns:
        [B, T, H / stride, W / stride, width], rounded up.
    """
    y = pointwise(x, sizes.expansion, style, f"{name}_expand")
    y = _look_around(y, sizes, style, states, name)
    if style.squeeze != "none":
        y = movinet_squeeze.weigh(y, style, states, name)
    y = _narrow(y, sizes.width, style, f"{name}_project")
    y = rezero.ReZero(name=f"{name}_rezero")(y)
    if sizes.dropped:
        dropout = randomness.StochasticDepth
        y = dropout(sizes.dropped, name=f"{name}_dropout")(y)
    return y + _short(x, sizes, style, name)


def pointwise(
    x: keras.KerasTensor, width: int, style: movinet_settings.Style, name: str
) -> keras.KerasTensor:
    """A 1x1x1 convolution, normalisation, activation."""
    x = _narrow(x, width, style, name)
    return movinet_squeeze.activate(x, style.activation, name)


def normalize_activate(
    x: keras.KerasTensor, style: movinet_settings.Style, name: str
) -> keras.KerasTensor:
    """The network's normalisation and activation."""
    x = _normalize(x, style, name)
    return movinet_squeeze.activate(x, style.activation, name)


def _narrow(
    x: keras.KerasTensor, width: int, style: movinet_settings.Style, name: str
) -> keras.KerasTensor:
    x = pointwise_convolution.PointwiseConvolution(
        width, use_bias=False, kernel_initializer="he_normal", name=name
    )(x)
    return _normalize(x, style, name)


def _normalize(
    x: keras.KerasTensor, style: movinet_settings.Style, name: str
) -> keras.KerasTensor:
    return normalization.build(
        style.norm, x.shape[-1], f"{name}_norm", epsilon=1e-3, momentum=0.99
    )(x)


def _look_around(
    x: keras.KerasTensor,
    sizes: Sizes,
    style: movinet_settings.Style,
    states: stream_states.States | None,
    name: str,
) -> keras.KerasTensor:
    reach, *space = sizes.kernel
    strides = (1, sizes.stride, sizes.stride)
    if style.conv == "3d":
        parts = [("depthwise", sizes.kernel, strides)]
    else:
        parts = [("space", (1, *space), strides)]
        if reach > 1:
            parts.append(("time", (reach, 1, 1), (1, 1, 1)))
    for part, kernel, step in parts:
        time = "causal" if style.causal else "same"
        if states and kernel[0] > 1:
            time = "valid"
            x = states.extend(x, kernel[0] - 1, f"state_{name}_past")
        convolve = depthwise.DepthwiseConv3D
        layer = f"{name}_{part}"
        x = convolve(kernel, step, time, space="same", name=layer)(x)
        x = normalize_activate(x, style, layer)
    return x


def _short(
    x: keras.KerasTensor, sizes: Sizes, style: movinet_settings.Style, name: str
) -> keras.KerasTensor:
    _, frames, height, width, channels = x.shape
    if sizes.stride == 1 and channels == sizes.width:
        return x
    if sizes.stride > 1:
        x = ops.reshape(x, (-1, height, width, channels))
        x = keras.layers.AveragePooling2D(
            3, sizes.stride, "same", name=f"{name}_short_pool"
        )(x)
        x = ops.reshape(x, (-1, frames, *x.shape[1:]))
    return _narrow(x, sizes.width, style, f"{name}_short")
