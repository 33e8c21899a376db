"""TimeSformer: attention of frame patches over time and over space."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import (
    divided_attention,
    published,
    token_head,
    transformer,
    transformer_names,
)
from video_models.layers import pixels
from video_models.layers.attention import patches, tokens
from video_models.pretrained import public_files

_MEAN = (0.45, 0.45, 0.45)
_DEVIATION = (0.225, 0.225, 0.225)


@dataclasses.dataclass(frozen=True)
class Config(transformer.Config):
    """Settings of TimeSformer."""

    variant: str = settings.setting("b", "Size.", choices=("s", "b", "l"))
    attention: str = settings.setting(
        "divided",
        "divided: each patch attends over time, then over its frame; joint: "
        "over all patches at once.",
        choices=("divided", "joint"),
    )
    stochastic_depth: float = settings.setting(
        0.1,
        "Stochastic depth: rate at which the branches of the last block are "
        "skipped per example in training; less in earlier blocks. "
        "Published: 0.1.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(width=24, depth=1)

PUBLISHED = tuple(
    published.Network(
        Config(attention=attention),
        frames=8,
        size=224,
        classes=400,
        parameters=parameters,
        multiply_adds=multiply_adds,
    )
    for attention, parameters, multiply_adds in (
        ("divided", 121_566_352, 196e9),
        ("joint", 86_112_400, 180e9),
    )
)

WEIGHTS = (
    public_files.PublicFile(
        "TimeSformer_divST_8x32_224_K400.pyth",
        {"attention": "divided"},
        "https://github.com/facebookresearch/TimeSformer#model-zoo",
        "CC-BY-NC 4.0",
        "K400 77.9",
    ),
)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds a transformer over frame patches, divided or joint attention.

    Source: arXiv:2102.05095, as in facebookresearch's code, whose weights fit
    by `published_name`. For clips of 8 frames of 224x224 pixels; with its head
    for 400 classes b has 121,566,352 trainable parameters divided and
    86,112,400 joint, and 196 and 180 billion multiply-adds. As there,
    stochastic depth of divided attention drops single positions and frames.
    Differs: none.

    Args:
        config: variant, attention, and overrides.
        clip: shape of the clip, a multiple of the patch.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T, H / 16, W / 16, C], "token": [B, C]}, both
        normalised.

    Raises:
        UserError: the clip is no multiple of the patch, or the width of the
            heads.
    """
    size = transformer.size(config.variant, config)
    patch = (1, config.patch, config.patch)
    grid = patches.grid(clip, patch)
    frames = keras.Input(clip.shape, name="frames")
    x = pixels.standardize(frames, _MEAN, _DEVIATION)
    x = patches.embed(x, patch, size.width, "stem_patches")
    x = _placed(x, clip.frames)
    kind = transformer.Block(size.heads, {})
    rates = transformer.rates(config.stochastic_depth, size.depth)
    for number, rate in enumerate(rates, start=1):
        if config.attention == "divided":
            x = divided_attention.transform(
                x, clip.frames, kind, rate, f"block{number}", number > 1
            )
        else:
            x = transformer.transform(x, kind, rate, f"block{number}")
    x = transformer.normalize(x, "last_norm")
    volume = keras.ops.reshape(x[:, 1:], (-1, *grid, size.width))
    outputs = {"volume": volume, "token": x[:, 0]}
    return keras.Model(frames, outputs, name="timesformer")


published_head = token_head.published_head


_PUBLISHED_NAMES = (
    *transformer_names.TIMM,
    (r"^stem_token/token$", "cls_token"),
    (r"^stem_places/table$", "pos_embed"),
    (r"^stem_times/table$", "time_embed"),
    (r"_time_norm/", ".temporal_norm1/"),
    (r"_time/qkv/", ".temporal_attn.qkv/"),
    (r"_time/out/", ".temporal_attn.proj/"),
    (r"_time_map/", ".temporal_fc/"),
    (r"^last_norm/", "norm/"),
)


def published_name(path: str) -> str | None:
    """Returns the name of a weight in facebookresearch's checkpoints, or None.

    It takes the path of our weight.
    """
    name = transformer_names.rename(path, _PUBLISHED_NAMES)
    return f"model.{name}" if name else None


def _placed(x: keras.KerasTensor, frames: int) -> keras.KerasTensor:
    """[B, T * N, C] -> [B, 1 + T * N, C], with position and time embeddings."""
    width = x.shape[-1]
    x = keras.ops.reshape(x, (-1, frames, x.shape[1] // frames, width))
    x = tokens.ClassToken(name="stem_token")(x)
    x = tokens.LearnedPlaces(name="stem_places")(x)
    token, x = x[:, 0, :1], x[:, :, 1:]
    x = tokens.LearnedPlaces(-3, "zeros", name="stem_times")(x)
    x = keras.ops.reshape(x, (-1, frames * x.shape[2], width))
    return keras.ops.concatenate([token, x], axis=1)
