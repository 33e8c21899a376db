"""Scores every time step: what happens when in the clip."""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import randomness

GIVES = ("time_steps", "classes")


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the head for every time step."""

    dropout: float = settings.setting(
        0.2,
        "Dropout rate of the features.",
        minimum=0.0,
        maximum=0.9,
    )
    kernel: int = settings.setting(
        1,
        "Kernel size, odd, of a convolution over time before the linear "
        "layer; 1: no convolution, each time step is scored alone.",
        minimum=1,
    )


TINY = Config(kernel=3)


def build(config: Config, shape: tuple[int, int], classes: int) -> keras.Model:
    """Optional residual convolution over time, dropout, linear layer.

    The convolution keeps the number of features.

    Args:
        config: dropout, kernel.
        shape: `(t, C)` of the features.
        classes: number of classes.

    Returns:
        [B, t, C] -> logits float32 [B, t, classes], under any dtype policy.

    Raises:
        UserError: the kernel is even.
    """
    if config.kernel % 2 == 0:
        raise errors.UserError(
            f"--head.kernel={config.kernel}: wanted an odd number, so that "
            "it reaches as far back as ahead"
        )
    features = keras.Input(shape, name="features")
    x = features
    if config.kernel > 1:
        x = x + keras.layers.Conv1D(
            shape[-1], config.kernel, padding="same", activation="relu",
            kernel_initializer="he_normal", name="neighbours",
        )(x)  # fmt: skip
    x = randomness.Dropout(config.dropout, name="dropout")(x)
    logits = keras.layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(features, logits, name="per_frame")
