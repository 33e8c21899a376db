"""A Vision Transformer on patches of a spectrogram, as AST and MBT."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.families import transformer
from video_models.families.audio import audio_inputs
from video_models.layers.attention import tokens

ops = keras.ops


@dataclasses.dataclass(frozen=True)
class Config(transformer.Overrides):
    """Settings of the spectrogram transformer."""

    variant: str = settings.setting(
        "s",
        "Size: s, b, l and h have 22, 86, 304 and 631 million parameters.",
        choices=tuple(transformer.SIZES),
    )
    patch: int = settings.setting(16, "Columns and bins of a patch.", minimum=1)
    stride: int = settings.setting(
        16,
        "Columns and bins from one patch to the next, at most the patch. MBT: "
        "16; AST: 10, so that patches overlap.",
        minimum=1,
    )
    stochastic_depth: float = settings.setting(
        0.1,
        "Stochastic depth: rate at which the last block is skipped per clip "
        "in training; less in earlier blocks.",
        minimum=0.0,
        maximum=0.9,
    )

    def __post_init__(self) -> None:
        if self.stride > self.patch:
            raise errors.UserError(
                f"--audio_backbone.stride={self.stride} leaves out audio "
                f"between patches of {self.patch}: wanted at most "
                "--audio_backbone.patch"
            )


TINY = Config(width=12, depth=1, patch=8, stride=6)
TAKES = audio_inputs.SPECTROGRAMS


def build(config: Config, audio: batch.AudioSpec) -> keras.Model:
    """Builds a transformer with attention over all patches of a spectrogram.

    Source: AST, arXiv:2104.01778, and the audio tower of MBT,
    arXiv:2107.00135. Differs: no class token, so that patches keep their
    places; each clip is standardised instead of the data set; zeros complete
    the last patches, where both papers crop.

    Args:
        config: variant and overrides.
        audio: a spectrogram.

    Returns:
        float32 [B, columns, bins] -> {"volume": [B, t, 1, f, C]}, normalised:
        t and f are patches over time and frequency.

    Raises:
        UserError: the audio is a waveform, or the width is no multiple of
            the heads.
    """
    size = transformer.size(config.variant, config, "audio_backbone")
    spectrogram = audio_inputs.build(audio, TAKES, "spectrogram_vit")
    x = _patches(audio_inputs.standardize(spectrogram), config, size.width)
    _, t, f, _ = x.shape
    x = ops.reshape(x, (-1, t * f, size.width))
    x = tokens.LearnedPlaces(name="stem_places")(x)
    kind = transformer.Block(size.heads, {})
    rates = transformer.rates(config.stochastic_depth, size.depth)
    for number, rate in enumerate(rates, start=1):
        x = transformer.transform(x, kind, rate, f"block{number}")
    x = transformer.normalize(x, "norm")
    volume = ops.reshape(x, (-1, t, 1, f, size.width))
    return keras.Model(spectrogram, {"volume": volume}, name="spectrogram_vit")


def _patches(
    x: keras.KerasTensor, config: Config, width: int
) -> keras.KerasTensor:
    """[B, columns, bins] -> [B, t, f, width]."""
    around = tuple((0, _missing(side, config)) for side in x.shape[1:])
    x = ops.expand_dims(x, -1)
    if around != ((0, 0), (0, 0)):
        x = keras.layers.ZeroPadding2D(around, name="stem_pad")(x)
    return keras.layers.Conv2D(
        width,
        config.patch,
        config.stride,
        kernel_initializer=transformer.small(),
        name="stem_patches",
    )(x)


def _missing(side: int, config: Config) -> int:
    """Zeros that complete the last patch."""
    beyond = max(side - config.patch, 0)
    steps = -(-beyond // config.stride)
    return config.patch + steps * config.stride - side
