"""Building blocks of networks that enhance frames."""

import keras

from video_models.layers import leaky_relu
from video_models.layers.images import bicubic, frame_folding, pixel_shuffle

_SMALL = 0.1  # Fraction of He's scale: residual blocks start near identity.


def convolve(
    x: keras.KerasTensor, width: int, name: str, scale: float = 1.0
) -> keras.KerasTensor:
    """A 3x3 convolution with bias on [B, h, w, C].

    `scale` is the initial scale relative to He's.
    """
    start = keras.initializers.VarianceScaling(2.0 * scale**2, "fan_in")
    return keras.layers.Conv2D(
        width, 3, padding="same", kernel_initializer=start, name=name
    )(x)


def leaky(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Leaky ReLU with slope 0.1."""
    return leaky_relu.LeakyReLU(0.1, name=name)(x)


def residual(
    x: keras.KerasTensor, width: int, blocks: int, name: str
) -> keras.KerasTensor:
    """Residual blocks without normalisation, arXiv:1707.02921."""
    for number in range(1, blocks + 1):
        own = f"{name}{number}"
        y = convolve(x, width, f"{own}_conv1", _SMALL)
        y = keras.layers.ReLU(name=f"{own}_relu")(y)
        y = convolve(y, width, f"{own}_conv2", _SMALL)
        x = keras.layers.Add(name=f"{own}_add")([x, y])
    return x


def enlarge(
    x: keras.KerasTensor, width: int, factor: int, name: str
) -> keras.KerasTensor:
    """Enlarges in steps, one per prime factor."""
    for number, step in enumerate(prime_factors(factor), start=1):
        own = f"{name}{number}"
        x = convolve(x, width * step * step, own)
        x = pixel_shuffle.PixelShuffle(step, name=f"{own}_shuffle")(x)
        x = leaky(x, f"{own}_relu")
    return x


def prime_factors(factor: int) -> list[int]:
    """Returns the prime factors in ascending order."""
    steps, least = [], 2
    while factor > 1:
        while factor % least:
            least += 1
        steps.append(least)
        factor //= least
    return steps


def finish(
    x: keras.KerasTensor,
    base: keras.KerasTensor,
    clip: keras.KerasTensor,
    width: int,
    factor: int,
    late: int = 1,
) -> keras.KerasTensor:
    """Enlarges features and adds them to the bicubically upscaled input.

    Args:
        x: features [B * T, h, w, C].
        base: the input as images, [B * T, h, w, 3], 0..255.
        clip: the input as clips, [B, T, h, w, 3].
        width: channels at the output size.
        factor: how many times larger the result is.
        late: part of the factor that the last layer covers, by predicting
            `late` x `late` pixels at once. At 1 it runs at the output size, at
            `late`² times the cost.

    Returns:
        float32 [B, T, factor * h, factor * w, 3], around 0..255.
    """
    x = enlarge(x, width, factor // late, "enlarge")
    x = leaky(convolve(x, width, "fine"), "fine_relu")
    # Training starts at the upscaled input, the baseline.
    x = keras.layers.Conv2D(
        3 * late * late,
        3,
        padding="same",
        kernel_initializer="zeros",
        name="last",
    )(x)
    if late > 1:
        x = pixel_shuffle.PixelShuffle(late, name="last_shuffle")(x)
    x = keras.layers.Rescaling(255.0, dtype="float32", name="to_pixels")(x)
    large = bicubic.Upscale(factor, dtype="float32", name="base")(base)
    x = keras.layers.Add(dtype="float32", name="frame")([x, large])
    return frame_folding.UnfoldFrames(dtype="float32", name="unfold")(x, clip)
