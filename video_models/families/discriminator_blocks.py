"""Building blocks shared by the discriminators, including the final logit."""

import dataclasses
from typing import Any

import keras

from tfrecords_tools.base import settings
from video_models.layers import leaky_relu, spectral_normalization

ops = keras.ops
_PLACES = 16


@dataclasses.dataclass(frozen=True)
class Config:
    """Normalisation of a discriminator."""

    norm: str = settings.setting(
        "spectral",
        "Weight normalisation. spectral: divide kernels by their largest "
        "singular value; none: rely on --objective.gradient_penalty.",
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
    """A convolution (2-D or 3-D, like `x`) followed by a leaky ReLU."""
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


def projection_discriminator(
    config: Config,
    frames: keras.KerasTensor,
    x: keras.KerasTensor,
    classes: int,
    name: str,
) -> keras.Model:
    """Completes a discriminator: features to one logit per clip.

    With labels it is a projection discriminator, arXiv:1802.05637: the logit
    gains the inner product of features and a label embedding.

    Args:
        config: settings of the discriminator.
        frames: the input, [B, T, H, W, 3].
        x: features [B * T, h, w, C] or [B, t, h, w, C].
        classes: number of labels; 0 for none.
        name: name of the network.
    """
    dense = _LAYERS[config.norm, 0]
    # A sum, as in the paper: with kernels of norm 1 a mean would be too small.
    # Scaled to the paper's 4x4 positions, so that logits do not grow with the
    # size of the frames.
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
