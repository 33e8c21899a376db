"""One score a class, from the average moment."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.layers import randomness


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the classifier."""

    dropout: float = settings.setting(
        0.2,
        "Share of features dropped in training.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config()


def build(config: Config, shape: tuple[int, int], classes: int) -> keras.Model:
    """Average over time, dropout, one linear layer.

    Args:
        config: dropout.
        shape: `(t, C)` of the features.
        classes: number of scores.

    Returns:
        [B, t, C] -> logits float32 [B, classes], whatever the dtype policy.
    """
    features = keras.Input(shape, name="features")
    x = keras.layers.GlobalAveragePooling1D(name="average")(features)
    x = randomness.Dropout(config.dropout, name="dropout")(x)
    logits = keras.layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(features, logits, name="classifier")
