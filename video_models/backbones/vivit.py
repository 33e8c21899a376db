"""ViViT: a Vision Transformer over tubelets, joint or factorised."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import (
    published,
    token_head,
    transformer,
    transformer_names,
)
from video_models.layers import pixels
from video_models.layers.attention import patches, tokens
from video_models.pretrained import public_files

_HALVES = (0.5, 0.5, 0.5)  # Pixels between -1 and 1.


@dataclasses.dataclass(frozen=True)
class Config(transformer.Config):
    """Settings of ViViT."""

    variant: str = settings.setting("b", "Size.", choices=("b", "l"))
    attention: str = settings.setting(
        "joint",
        "joint: each patch attends to all others; factorised: to those of "
        "its own tubelet of frames, then tubelets attend to one another.",
        choices=("joint", "factorised"),
    )
    time_depth: int = settings.setting(
        4,
        "Transformer blocks over time; used by factorised attention.",
        minimum=1,
    )
    tubelet: int = settings.setting(2, "Frames per patch.", minimum=1)
    stochastic_depth: float = settings.setting(
        0.0,
        "Stochastic depth: rate at which the last block is skipped per clip "
        "in training; less in earlier blocks. Published: 0 for Kinetics.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(width=24, depth=1, time_depth=1, attention="factorised")

PUBLISHED = (
    published.Network(
        Config(),
        frames=32,
        size=224,
        classes=400,
        parameters=88_954_000,
        multiply_adds=455.2e9,
    ),
    published.Network(
        Config(attention="factorised"),
        frames=32,
        size=224,
        classes=400,
        parameters=115_062_928,
        multiply_adds=284.4e9,
    ),
)

WEIGHTS = (
    public_files.PublicFile(
        "pytorch_model.bin",
        {"attention": "joint"},
        "https://huggingface.co/google/vivit-b-16x2-kinetics400",
        "MIT",
        "K400 79.9",
    ),
)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds model 1 (joint) or 2 (factorised encoder) of the paper.

    Source: arXiv:2103.15691, as in Scenic, with GELU by tanh; the weights of
    Hugging Face's `VivitForVideoClassification` (joint) fit by
    `published_name`. For clips of 32 frames of 224x224 pixels; with its head
    for 400 classes b has 88,954,000 trainable parameters joint and
    115,062,928 factorised (88.9 and 115.1 million in the paper), and 452 and
    283 billion multiply-adds (455.2 and 284.4 in the paper). Differs: weights
    start at a deviation of 0.02, as Hugging Face's do.

    Args:
        config: variant, attention, and overrides.
        clip: shape of the clip, a multiple of the patch.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> {"volume": [B, T / 2, h, w, C],
        "token": [B, C]}, both normalised; h and w are H / 16 and W / 16, or 1
        if factorised, whose last tokens stand for whole tubelets.

    Raises:
        UserError: the clip is no multiple of the patch, or the width of the
            heads.
    """
    size = transformer.size(config.variant, config)
    patch = (config.tubelet, config.patch, config.patch)
    t, h, w = patches.grid(clip, patch)
    kind = transformer.Block(size.heads, {"is_fused": False}, False)
    frames = keras.Input(clip.shape, name="frames")
    x = pixels.standardize(frames, _HALVES, _HALVES)
    x = patches.embed(x, patch, size.width, "stem_patches")
    if config.attention == "factorised":
        x = keras.ops.reshape(x, (-1, h * w, size.width))
        x = _encode(x, kind, config, size.depth, "space_")
        x = keras.ops.reshape(x[:, 0], (-1, t, size.width))
        x = _encode(x, kind, config, config.time_depth, "time_")
        h = w = 1
    else:
        x = _encode(x, kind, config, size.depth, "")
    volume = keras.ops.reshape(x[:, 1:], (-1, t, h, w, size.width))
    outputs = {"volume": volume, "token": x[:, 0]}
    return keras.Model(frames, outputs, name="vivit")


published_head = token_head.published_head


_PUBLISHED_NAMES = (
    (r"^stem_token/token$", "vivit.embeddings.cls_token"),
    (r"^stem_places/table$", "vivit.embeddings.position_embeddings"),
    (r"^stem_patches/", "vivit.embeddings.patch_embeddings.projection/"),
    (r"^block(\d+)", lambda x: f"vivit.encoder.layer.{int(x[1]) - 1}"),
    (r"_norm1/", ".layernorm_before/"),
    (r"_norm2/", ".layernorm_after/"),
    (r"_attention/out/", ".attention.output.dense/"),
    (r"_attention/(\w+)/", r".attention.attention.\1/"),
    (r"_hidden/", ".intermediate.dense/"),
    (r"_mlp/", ".output.dense/"),
    (r"^last_norm/", "vivit.layernorm/"),
    (r"^logits/", "classifier/"),
)


def published_name(path: str) -> str | None:
    """Returns the name of a weight in Hugging Face's (joint) ViViT.

    None for blocks of the factorised encoder, whose weights are published in
    Scenic's format only.
    """
    if path.startswith(("space_", "time_")):
        return None
    return transformer_names.rename(path, _PUBLISHED_NAMES)


def _encode(
    x: keras.KerasTensor,
    kind: transformer.Block,
    config: Config,
    depth: int,
    name: str,
) -> keras.KerasTensor:
    """An encoder with its own class token: [B, N, C] -> [B, 1 + N, C]."""
    stem, last = (name, name) if name else ("stem_", "last_")
    x = tokens.ClassToken(name=f"{stem}token")(x)
    x = tokens.LearnedPlaces(name=f"{stem}places")(x)
    rates = transformer.rates(config.stochastic_depth, depth)
    for number, rate in enumerate(rates, start=1):
        x = transformer.transform(x, kind, rate, f"{name}block{number}")
    return transformer.normalize(x, f"{last}norm")
