"""Standardises pixels."""

from collections.abc import Sequence

import keras

# Of Kinetics-400, in 0..1; torchvision's.
KINETICS_MEAN = (0.43216, 0.394666, 0.37645)
KINETICS_DEVIATION = (0.22803, 0.22145, 0.216989)


def standardize(
    frames: keras.KerasTensor,
    mean: Sequence[float] = KINETICS_MEAN,
    deviation: Sequence[float] = KINETICS_DEVIATION,
) -> keras.KerasTensor:
    """Subtracts the mean of each channel, divides by its deviation.

    Args:
        frames: [..., 3], 0..255.
        mean: of each channel, in 0..1.
        deviation: of each channel, in 0..1.
    """
    return keras.layers.Rescaling(
        [1 / (255 * each) for each in deviation],
        [-m / d for m, d in zip(mean, deviation, strict=True)],
        name="scale_pixels",
    )(frames)
