"""A plain Vision Transformer on patches of space and time, as in VideoMAE."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import published, transformer, transformer_names
from video_models.layers import pixels, randomness
from video_models.layers.attention import patches, tokens
from video_models.pretrained import public_files

# Of ImageNet, in 0..1.
_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)


@dataclasses.dataclass(frozen=True)
class Config(transformer.Config):
    """Settings of the Vision Transformer."""

    variant: str = settings.setting(
        "s",
        "Size: s, b, l and h have 22, 87, 304 and 632 million parameters.",
        choices=tuple(transformer.SIZES),
    )
    tubelet: int = settings.setting(2, "Frames per patch.", minimum=1)
    stochastic_depth: float = settings.setting(
        0.1,
        "Stochastic depth: rate at which the last block is skipped per clip "
        "in training; less in earlier blocks. VideoMAE fine-tunes with 0.1, "
        "h with 0.2.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(width=12, depth=2)

PUBLISHED = tuple(
    published.Network(
        Config(variant=variant, stochastic_depth=rate),
        frames=16,
        size=224,
        classes=400,
        parameters=parameters,
        multiply_adds=multiply_adds,
    )
    for variant, rate, parameters, multiply_adds in (
        ("s", 0.1, 22_033_936, 56.88e9),
        ("b", 0.1, 86_534_800, 180.34e9),
        ("l", 0.1, 304_270_736, 596.8e9),
        ("h", 0.2, 632_119_440, 1191e9),
    )
)

WEIGHTS = tuple(
    public_files.PublicFile(
        "checkpoint.pth",
        {"variant": variant},
        "https://github.com/MCG-NJU/VideoMAE/blob/main/MODEL_ZOO.md",
        "CC-BY-NC 4.0",
        f"K400 {score}",
    )
    for variant, score in (("s", 79.0), ("b", 81.5), ("l", 85.2), ("h", 86.6))
)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds a transformer with joint attention over all patches of a clip.

    Source: arXiv:2203.12602, as VideoMAE's code fine-tunes it, whose weights
    fit by `published_name`: no class token, fixed positions, no bias for
    keys. For clips of 16 frames of 224x224 pixels; with its head for 400
    classes s, b, l and h have 22,033,936, 86,534,800, 304,270,736 and
    632,119,440 trainable parameters, and 56.9, 180.3, 597 and 1191 billion
    multiply-adds. Differs: none.

    Args:
        config: variant and overrides.
        clip: shape of the clip, a multiple of the patch.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T / 2, H / 16, W / 16, C]}, not normalised.

    Raises:
        UserError: the clip is no multiple of the patch, or the width of the
            heads.
    """
    size = transformer.size(config.variant, config)
    patch = (config.tubelet, config.patch, config.patch)
    grid = patches.grid(clip, patch)
    kind = transformer.Block(size.heads, {"has_key_bias": False})
    frames = keras.Input(clip.shape, name="frames")
    x = pixels.standardize(frames, _MEAN, _DEVIATION)
    x = patches.embed(x, patch, size.width, "stem_patches")
    x = tokens.FixedPlaces(name="stem_places")(x)
    rates = transformer.rates(config.stochastic_depth, size.depth)
    for number, rate in enumerate(rates, start=1):
        x = transformer.transform(x, kind, rate, f"block{number}")
    volume = keras.ops.reshape(x, (-1, *grid, size.width))
    return keras.Model(frames, {"volume": volume}, name="vit")


def published_head(
    config: Config,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
    dropout: float | None,
) -> keras.Model:
    """Mean of all tokens, layer normalisation, dropout, a linear layer.

    Its weights start near 0, like VideoMAE's. VideoMAE's dropout rate is 0.5
    for h and 0 for the other variants.
    """
    if dropout is None:
        dropout = 0.5 if config.variant == "h" else 0.0
    volume = keras.Input(shapes["volume"], name="volume")
    x = keras.ops.mean(volume, axis=(1, 2, 3))
    x = transformer.normalize(x, "head_norm")
    x = randomness.Dropout(dropout, name="head_dropout")(x)
    logits = keras.layers.Dense(
        classes,
        kernel_initializer=keras.initializers.TruncatedNormal(stddev=2e-5),
        dtype="float32",
        name="logits",
    )(x)
    return keras.Model({"volume": volume}, logits, name="published_head")


_PUBLISHED_NAMES = (
    (r"_attention/query_bias$", ".attn.q_bias"),
    (r"_attention/value_bias$", ".attn.v_bias"),
    (r"^head_norm/", "fc_norm/"),
    *transformer_names.TIMM,
)


def published_name(path: str) -> str | None:
    """Returns the name of a weight in VideoMAE's fine-tuned checkpoints.

    None if they have no such weight.
    """
    return transformer_names.rename(path, _PUBLISHED_NAMES)
