"""Projects the mean over time to an embedding in which clips are compared."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.layers import normalization

GIVES = ("features",)


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the projection."""

    layers: int = settings.setting(
        2,
        "Linear layers, with a ReLU after all but the last; 1: linear.",
        minimum=1,
    )
    hidden: int = settings.setting(
        512, "Units of every layer but the last.", minimum=1
    )
    features: int = settings.setting(128, "Length of the embedding.", minimum=1)
    norm: str = settings.setting(
        "none",
        "Before each rectifier. " + normalization.HELP,
        choices=normalization.KINDS,
    )
    unit_length: bool = settings.setting(
        True, "Normalise the embedding to length 1."
    )


TINY = Config(hidden=8, features=4)


def build(config: Config, shape: tuple[int, int], classes: int) -> keras.Model:
    """Mean over time, then a multilayer perceptron.

    Source: two layers as in SimCLR, arXiv:2002.05709, and MoCo v2,
    arXiv:2003.04297, three as in SimCLR v2, arXiv:2006.10029. Differs:
    normalisation is a setting (SimCLR has it, MoCo not), and the hidden units
    do not depend on the backbone.

    Args:
        config: layers, units, normalisation.
        shape: `(t, C)` of the features.
        classes: ignored.

    Returns:
        [B, t, C] -> float32 [B, features], under any dtype policy.
    """
    del classes
    features = keras.Input(shape, name="features")
    x = keras.layers.GlobalAveragePooling1D(name="average")(features)
    for number in range(1, config.layers):
        name = f"layer{number}"
        x = keras.layers.Dense(
            config.hidden,
            use_bias=config.norm == "none",
            kernel_initializer="he_normal",
            name=name,
        )(x)
        x = normalization.build(config.norm, config.hidden, f"{name}_norm")(x)
        x = keras.layers.ReLU(name=f"{name}_relu")(x)
    x = keras.layers.Dense(config.features, dtype="float32", name="project")(x)
    if config.unit_length:
        x = keras.layers.UnitNormalization(
            axis=-1, dtype="float32", name="unit_length"
        )(x)
    return keras.Model(features, x, name="projection")
