"""The encoder of Whisper, a transformer on log-mel columns of 30 seconds."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.families import published, transformer, transformer_names
from video_models.families.audio import audio_inputs
from video_models.layers.attention import stored_places

ops = keras.ops

_PLACES = 1500  # Of 30 s: two columns of 10 ms each.
_SIZES = {
    "tiny": transformer.Size(384, 4, 6),
    "base": transformer.Size(512, 6, 8),
    "small": transformer.Size(768, 12, 12),
    "medium": transformer.Size(1024, 24, 16),
}


@dataclasses.dataclass(frozen=True)
class Config(transformer.Overrides):
    """Settings of Whisper's encoder."""

    variant: str = settings.setting(
        "tiny",
        "Size: tiny, base, small and medium have 8, 21, 88 and 307 million "
        "parameters.",
        choices=tuple(_SIZES),
    )


TINY = Config(width=12, depth=1)
TAKES = ("whisper_mel",)

PUBLISHED = tuple(
    published.AudioNetwork(
        Config(variant=variant),
        batch.AudioSpec("whisper_mel", 16_000, 480_000, 3000, 80, 160),
        parameters,
    )
    for variant, parameters in (("tiny", 8_208_384), ("base", 20_590_592))
)


def build(config: Config, audio: batch.AudioSpec) -> keras.Model:
    """Builds two convolutions and a transformer.

    Source: arXiv:2212.04356, whose public weights fit by `published_name`; the
    positions are stored with them and not trained. Weights of tiny and base,
    positions included: 8,208,384 and 20,590,592. Differs: fewer columns than
    3,000 are possible.

    Args:
        config: variant and overrides.
        audio: of `--audio.features=whisper_mel`.

    Returns:
        float32 [B, columns, 80] -> {"volume": [B, columns / 2, 1, 1, C]},
        normalised.

    Raises:
        UserError: the audio is of another kind, longer than 30 s, or the
            width no multiple of the heads.
    """
    columns = audio_inputs.build(audio, TAKES, "whisper")
    size = transformer.override(
        _SIZES, config.variant, config, "audio_backbone"
    )
    if audio.columns > 2 * _PLACES:
        raise errors.UserError(
            f"--audio_backbone=whisper got {audio.columns} columns: wanted at "
            f"most {2 * _PLACES}, 30 seconds, in --audio.seconds"
        )
    kind = transformer.Block(
        size.heads, {"is_fused": False, "has_key_bias": False}, epsilon=1e-5
    )
    x = _convolve(columns, size.width, 1, "conv1")
    x = _convolve(x, size.width, 2, "conv2")
    x = stored_places.StoredPlaces(_PLACES, name="places")(x)
    for number in range(1, size.depth + 1):
        x = transformer.transform(x, kind, 0.0, f"block{number}")
    x = transformer.normalize(x, "norm", kind.epsilon)
    volume = ops.reshape(x, (-1, x.shape[1], 1, 1, size.width))
    return keras.Model(columns, {"volume": volume}, name="whisper")


def _convolve(
    x: keras.KerasTensor, width: int, stride: int, name: str
) -> keras.KerasTensor:
    # Strided Keras convolutions pad even sizes on one side only.
    x = keras.layers.ZeroPadding1D(1, name=f"{name}_pad")(x)
    x = keras.layers.Conv1D(width, 3, stride, name=name)(x)
    return ops.gelu(x, approximate=False)


_PUBLISHED_NAMES = (
    (r"^norm/", "layer_norm/"),
    (r"^places/table$", "embed_positions.weight"),
    (r"_norm1/", ".self_attn_layer_norm/"),
    (r"_norm2/", ".final_layer_norm/"),
    (r"_attention/(q|k|v)(uery|ey|alue)/", r".self_attn.\1_proj/"),
    (r"_attention/out/", ".self_attn.out_proj/"),
    (r"_hidden/", ".fc1/"),
    (r"_mlp/", ".fc2/"),
    (r"^block(\d+)", lambda found: f"layers.{int(found[1]) - 1}"),
)


def published_name(path: str) -> str | None:
    """Returns the name of a weight in Hugging Face's checkpoints.

    It lies below `encoder.` or `model.encoder.` there. None if they have no
    such weight.
    """
    name = transformer_names.rename(path, _PUBLISHED_NAMES)
    return f"encoder.{name}" if name else None
