"""One score per class, from the mean over time."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.layers import randomness

ops = keras.ops


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the classifier."""

    dropout: float = settings.setting(
        0.2,
        "Dropout rate of the features.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config()


def build(config: Config, shape: tuple[int, int], classes: int) -> keras.Model:
    """Mean over time, dropout, linear layer.

    Args:
        config: dropout.
        shape: `(t, C)` of the features.
        classes: number of classes.

    Returns:
        [B, t, C] -> logits float32 [B, classes], under any dtype policy.
    """
    features = keras.Input(shape, name="features")
    x = keras.layers.GlobalAveragePooling1D(name="average")(features)
    logits = _classify(x, config, classes)
    return keras.Model(features, logits, name="classifier")


def build_stream(
    config: Config, shape: tuple[int, int], classes: int
) -> keras.Model:
    """Builds the streaming head, on the mean over all time steps so far.

    Args:
        config: dropout.
        shape: `(n, C)`, features of the newest time steps.
        classes: number of classes.

    Returns:
        {"features": [B, n, C], states} -> {"logits": [B, classes], states}.
    """
    time_steps, width = shape
    features = keras.Input(shape, name="features")
    total = keras.Input((width,), dtype="float32", name="state_total")
    count = keras.Input((1,), dtype="int32", name="state_moments")
    newer = total + ops.sum(ops.cast(features, "float32"), axis=1)
    known = count + time_steps
    average = newer / ops.cast(known, "float32")
    logits = _classify(average, config, classes)
    return keras.Model(
        {"features": features, "state_total": total, "state_moments": count},
        {"logits": logits, "state_total": newer, "state_moments": known},
        name="classifier",
    )


def _classify(
    x: keras.KerasTensor, config: Config, classes: int
) -> keras.KerasTensor:
    x = randomness.Dropout(config.dropout, name="dropout")(x)
    return keras.layers.Dense(classes, dtype="float32", name="logits")(x)
