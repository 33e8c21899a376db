"""A small residual network over time and frequency; keeps every column."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families.audio import audio_inputs
from video_models.layers import normalization
from video_models.pretrained import backbone_weights

ops = keras.ops


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of the spectrogram network."""

    widths: tuple[int, ...] = settings.setting(
        (16, 32, 64),
        "Channels of the stem and of the residual blocks after it; each "
        "halves the frequencies.",
        minimum=1,
    )
    features: int = settings.setting(
        128, "Length of the feature vector of a column.", minimum=1
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


TINY = Config(widths=(2, 4), features=8)
TAKES = audio_inputs.SPECTROGRAMS


def build(config: Config, audio: batch.AudioSpec) -> keras.Model:
    """Encodes every column with its neighbours into one vector.

    Residual blocks as in arXiv:1512.03385, strided over frequency only, as
    speech is placed in time. The last convolution covers all remaining
    frequencies, so that the vector keeps their places.

    Args:
        config: widths, features, normalisation.
        audio: a spectrogram.

    Returns:
        float32 [B, columns, bins] -> {"volume": [B, columns, 1, 1, features]}.

    Raises:
        UserError: the audio is a waveform.
    """
    spectrogram = audio_inputs.build(audio, TAKES, "spectrogram_conv")
    x = audio_inputs.standardize(spectrogram)
    x = ops.expand_dims(x, -1)
    stem, *widths = config.widths
    x = _convolve(x, stem, 2, "stem")
    x = normalization.normalize_relu(x, config.norm, "stem")
    for number, width in enumerate(widths, start=1):
        x = _block(x, width, config.norm, f"block{number}")
    kernel = (1, x.shape[2])
    x = keras.layers.Conv2D(
        config.features, kernel, kernel_initializer="he_normal", name="whole"
    )(x)
    x = normalization.normalize_relu(x, config.norm, "whole")
    volume = ops.reshape(x, (-1, audio.columns, 1, 1, config.features))
    return keras.Model(spectrogram, {"volume": volume}, name="spectrogram_conv")


def _block(
    x: keras.KerasTensor, width: int, norm: str, name: str
) -> keras.KerasTensor:
    y = _convolve(x, width, 2, f"{name}_first")
    y = normalization.normalize_relu(y, norm, f"{name}_first")
    y = _convolve(y, width, 1, f"{name}_second")
    y = normalization.build(norm, width, f"{name}_second_norm")(y)
    # As ResNet-D, arXiv:1812.01187. TensorFlow 2.21 overruns its memory on CPUs
    # in the gradient of a strided 1x1 convolution from 2 to 4 channels.
    x = keras.layers.AveragePooling2D(
        (1, 2), padding="same", name=f"{name}_pool"
    )(x)
    x = _convolve(x, width, 1, f"{name}_short", side=1)
    x = normalization.build(norm, width, f"{name}_short_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x + y)


def _convolve(
    x: keras.KerasTensor, width: int, stride: int, name: str, side: int = 3
) -> keras.KerasTensor:
    """A convolution of `side` x `side`, strided over frequency."""
    return keras.layers.Conv2D(
        width,
        side,
        (1, stride),
        "same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )(x)
