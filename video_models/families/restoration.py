"""What networks that make better frames of frames have in common."""

import keras

from video_models.layers import leaky_relu
from video_models.layers.images import bicubic, frame_folding, pixel_shuffle

_SMALL = 0.1  # Of He's scale: many residual blocks begin near the identity.


def convolve(
    x: keras.KerasTensor, width: int, name: str, scale: float = 1.0
) -> keras.KerasTensor:
    """A 3x3 convolution with bias on [B, h, w, C].

    `scale` is that of its start, over He's.
    """
    start = keras.initializers.VarianceScaling(2.0 * scale**2, "fan_in")
    return keras.layers.Conv2D(
        width, 3, padding="same", kernel_initializer=start, name=name
    )(x)


def leaky(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """The activation between the convolutions, slope 0.1 below 0."""
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
    """Doubles the sides as often as it takes; 3 and other primes at once."""
    for number, step in enumerate(prime_factors(factor), start=1):
        own = f"{name}{number}"
        x = convolve(x, width * step * step, own)
        x = pixel_shuffle.PixelShuffle(step, name=f"{own}_shuffle")(x)
        x = leaky(x, f"{own}_relu")
    return x


def prime_factors(factor: int) -> list[int]:
    """Its prime factors, the smallest first."""
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
    """Enlarges, and adds what was found to the input scaled up bicubically.

    Args:
        x: features [B * T, h, w, C].
        base: the input, image by image, [B * T, h, w, 3], 0..255.
        clip: the same as clips, [B, T, h, w, 3].
        width: channels at the size that comes out.
        factor: how many times larger the result is.
        late: of that, what the last layer does, by making the colours of so
            many pixels a side at once. 1: it sees the size that comes out,
            which costs `late`² as much.

    Returns:
        float32 [B, T, factor * h, factor * w, 3], around 0..255.
    """
    x = enlarge(x, width, factor // late, "enlarge")
    x = leaky(convolve(x, width, "fine"), "fine_relu")
    # Training begins at the input scaled up, which is what is to be beaten.
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
