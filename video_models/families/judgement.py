"""What discriminators have in common: layers, and the last word."""

import dataclasses
from typing import Any

import keras

from tfrecords_tools.base import settings
from video_models.layers import leaky_relu, spectral_normalization

ops = keras.ops
_PLACES = 16


@dataclasses.dataclass(frozen=True)
class Config:
    """How a discriminator is kept from being too sure."""

    norm: str = settings.setting(
        "spectral",
        "spectral: kernels are divided by their largest singular value; "
        "none: the penalty on gradients has to do.",
        choices=("spectral", "none"),
    )


def convolve(
    config: Config,
    x: keras.KerasTensor,
    width: int,
    kernel: int | tuple[int, ...],
    strides: int | tuple[int, ...],
    name: str,
) -> keras.KerasTensor:
    """A convolution in as many dimensions as `x` has, and a leaky ReLU."""
    dimensions = len(x.shape) - 2
    convolution = _LAYERS[config.norm, dimensions]
    x = convolution(
        width,
        kernel,
        strides,
        padding="same",
        kernel_initializer="he_normal",
        name=name,
    )(x)
    return leaky_relu.LeakyReLU(0.2, name=f"{name}_relu")(x)


def judge(
    config: Config,
    frames: keras.KerasTensor,
    x: keras.KerasTensor,
    classes: int,
    name: str,
) -> keras.Model:
    """One logit a clip, from features of its pictures or time steps.

    Whether the clip fits its label is an inner product with a vector of the
    label: the projection discriminator, arXiv:1802.05637.

    Args:
        config: of the discriminator.
        frames: the input, [B, T, H, W, 3].
        x: features [B * T, h, w, C] or [B, t, h, w, C].
        classes: labels; 0 for none.
        name: of the network.
    """
    dense = _LAYERS[config.norm, 0]
    # A sum, as in the paper: where kernels have norm 1, means say too little.
    # But of no more than its 4x4 places: logits would grow with the picture.
    places = x.shape[-3] * x.shape[-2]
    x = ops.sum(x, axis=(-3, -2))
    if places > _PLACES:
        x = x * (_PLACES / places)
    if len(x.shape) == 2:
        x = ops.reshape(x, (-1, frames.shape[1], x.shape[-1]))
    inputs = {"frames": frames}
    logits = dense(1, name="logit")(x)
    if classes:
        label = keras.Input((classes,), name="label")
        inputs["label"] = label
        wanted = dense(x.shape[-1], use_bias=False, name="of_label")(label)
        fits = ops.sum(x * wanted[:, None], axis=-1, keepdims=True)
        logits = logits + fits
    logits = ops.mean(logits, axis=(1, 2))
    logits = ops.cast(logits, "float32")
    return keras.Model(inputs, logits, name=name)


_LAYERS: dict[tuple[str, int], Any] = {
    ("spectral", 0): spectral_normalization.SpectralDense,
    ("spectral", 2): spectral_normalization.SpectralConv2D,
    ("spectral", 3): spectral_normalization.SpectralConv3D,
    ("none", 0): keras.layers.Dense,
    ("none", 2): keras.layers.Conv2D,
    ("none", 3): keras.layers.Conv3D,
}
