"""Strided convolutions over the samples themselves."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.families.audio import audio_inputs
from video_models.layers import normalization
from video_models.pretrained import backbone_weights

ops = keras.ops

_POOL = 4
# Widths and convolutions of each stage after the first convolution.
_STAGES = {
    "m3": (256, ((256, 1),)),
    "m5": (128, ((128, 1), (256, 1), (512, 1))),
    "m11": (64, ((64, 2), (128, 2), (256, 3), (512, 2))),
    "m18": (64, ((64, 4), (128, 4), (256, 4), (512, 4))),
}


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of the waveform network."""

    variant: str = settings.setting(
        "m5",
        "Size: m3, m5, m11 and m18 have as many layers with weights, the "
        "classifier included, and 0.2, 0.5, 1.8 and 3.7 million parameters.",
        choices=tuple(_STAGES),
    )
    widening: float = settings.setting(
        1.0, "Factor of all channels.", minimum=0.01
    )
    kernel: int = settings.setting(
        80, "Samples that the first convolution covers.", minimum=1
    )
    stride: int = settings.setting(
        4, "Samples from one output of it to the next.", minimum=1
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


TINY = Config(widening=0.05, kernel=8)
TAKES = ("waveform",)


def build(config: Config, audio: batch.AudioSpec) -> keras.Model:
    """Encodes a waveform into a vector per some milliseconds.

    Source: arXiv:1610.00087, whose clips have 4 s at 8,000 samples per second:
    a wide first convolution with stride 4, then short ones; max pooling by 4
    after the first and after each stage but the last. A time step of m5 and
    m3 spans 256 and 16 samples, of m11 and m18 1,024. Differs: each clip is
    standardised first; the mean over time and the classifier are the head's.

    Args:
        config: variant and overrides.
        audio: a waveform.

    Returns:
        float32 [B, samples] -> {"volume": [B, t, 1, 1, C]}.

    Raises:
        UserError: the audio is a spectrogram, or shorter than a time step.
    """
    waveform = audio_inputs.build(audio, TAKES, "waveform_conv")
    stem, stages = _STAGES[config.variant]
    span = config.stride * _POOL ** len(stages)
    if audio.samples < span:
        raise errors.UserError(
            f"the audio of a clip has {audio.samples} samples, a time step of "
            f"--audio_backbone.variant={config.variant} {span}: wanted longer "
            "--audio.seconds, or a smaller variant"
        )
    x = audio_inputs.standardize(waveform)
    # An axis more: batch normalisation of four axes has a fused kernel.
    x = ops.reshape(x, (-1, audio.samples, 1, 1))
    width = _scaled(stem, config)
    x = _convolve(x, width, config.kernel, config.stride, config.norm, "stem")
    for number, (width, layers) in enumerate(stages, start=1):
        x = keras.layers.MaxPooling2D((_POOL, 1), name=f"pool{number}")(x)
        for layer in range(1, layers + 1):
            name = f"stage{number}_conv{layer}"
            x = _convolve(x, _scaled(width, config), 3, 1, config.norm, name)
    volume = ops.reshape(x, (-1, x.shape[1], 1, 1, x.shape[-1]))
    return keras.Model(waveform, {"volume": volume}, name="waveform_conv")


def _scaled(width: int, config: Config) -> int:
    return max(1, round(width * config.widening))


def _convolve(
    x: keras.KerasTensor,
    width: int,
    kernel: int,
    stride: int,
    norm: str,
    name: str,
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(
        width,
        (kernel, 1),
        (stride, 1),
        "same",
        use_bias=norm == "none",
        kernel_initializer="he_normal",
        name=name,
    )(x)
    return normalization.normalize_relu(x, norm, name)
