"""Video Swin Transformer: attention in shifted windows."""

import dataclasses
import importlib
import re
from typing import NamedTuple

import keras

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.families import published
from video_models.layers import pixels
from video_models.pretrained import backbone_weights, public_files
from video_models.weights import torch_names

# Of ImageNet, in 0..1.
_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)
_PATCH = (2, 4, 4)
_SWIN = "video_models.families.keras_cv_swin"


class _Variant(NamedTuple):
    """Channels of the first stage; blocks and heads of all four."""

    width: int
    blocks: tuple[int, ...]
    heads: tuple[int, ...]


_VARIANTS = {
    "t": _Variant(96, (2, 2, 6, 2), (3, 6, 12, 24)),
    "s": _Variant(96, (2, 2, 18, 2), (3, 6, 12, 24)),
    "b": _Variant(128, (2, 2, 18, 2), (4, 8, 16, 32)),
    "l": _Variant(192, (2, 2, 18, 2), (6, 12, 24, 48)),
}


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of Video Swin."""

    variant: str = settings.setting("t", "Size.", choices=tuple(_VARIANTS))
    window: tuple[int, ...] = settings.setting(
        (8, 7, 7),
        "Attention window in patches: time, height, width; a patch is 2 "
        "frames of 4x4 pixels. 16,7,7 is for 32 frames where order matters.",
        minimum=1,
    )
    width: int | None = settings.setting(
        None,
        "Channels of the first stage, a multiple of its heads; unset: the "
        "variant's.",
        minimum=1,
    )
    stages: int = settings.setting(
        4,
        "Number of stages; each but the last halves height and width. 4 is "
        "the published network, fewer suit small frames.",
        minimum=1,
        maximum=4,
    )
    stochastic_depth: float = settings.setting(
        0.1,
        "Stochastic depth: rate at which the last block is skipped per clip "
        "in training; it grows linearly from 0 at the first. Published: 0.1 "
        "for t and s, 0.2 to 0.4 for b.",
        minimum=0.0,
        maximum=0.9,
    )


NOT_IN_TFLITE = (
    "KerasCV cuts windows by a transposition of eight axes and shifts them by "
    "a roll"
)

TINY = Config(window=(2, 3, 3), width=6, stages=1)

PUBLISHED = (
    published.Network(Config("t"), 32, 224, 400, 28_158_070, 88e9),
    published.Network(Config("s"), 32, 224, 400, 49_816_678, 166e9),
    published.Network(Config("b"), 32, 224, 400, 88_048_984, 282e9),
    published.Network(Config("l"), 32, 224, 400, 196_953_916, 604e9),
    published.Network(
        Config("b", window=(16, 7, 7)), 32, 224, 174, 88_834_038, 321e9
    ),
)

WEIGHTS = tuple(
    public_files.torchvision(file, f"K400 {score}", variant=variant)
    for variant, file, score in (
        ("t", "swin3d_t-7615ae03.pth", 77.7),
        ("s", "swin3d_s-da41c237.pth", 79.5),
        ("b", "swin3d_b_1k-24f7c7c6.pth", 79.4),
        ("b", "swin3d_b_22k-7c6ae6fa.pth", 81.6),
    )
)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds KerasCV's `VideoSwinBackbone` after scaling pixels.

    Source: arXiv:2106.13230, published for 32 frames of 224x224; with a
    linear layer for 400 classes exactly 28,158,070 (t), 49,816,678 (s),
    88,048,984 (b) and 196,953,916 (l) trainable parameters and 88, 166, 282
    and 604 G multiply-adds. Equal to torchvision's `swin3d_t`, `_s` and `_b`.
    Differs, as KerasCV does: if a volume is smaller than the window (below 224
    pixels or 16 frames), the table of relative positions, and with it the
    number of parameters, is smaller; weights are initialised by Keras, not
    from an image model. A stage counts as one layer in depth. TFLite cannot
    convert it with built-in ops: windows need a transposition of eight axes
    and a roll.

    Args:
        config: variant, window, width, stages, stochastic depth.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T / 2, H / 32, W / 32, 8 * width]}, T / 2 rounded up.

    Raises:
        UserError: the size does not fit the stages, or a setting is invalid.
    """
    _check(config, clip)
    # Imported here: KerasCV takes seconds to import.
    keras_cv_swin = importlib.import_module(_SWIN)

    variant = _VARIANTS[config.variant]
    swin = keras_cv_swin.VideoSwin(
        input_shape=clip.shape,
        embed_dim=config.width or variant.width,
        patch_size=list(_PATCH),
        window_size=list(config.window),
        drop_path_rate=config.stochastic_depth,
        depths=list(variant.blocks[: config.stages]),
        num_heads=list(variant.heads[: config.stages]),
        name="swin",
    )
    frames = keras.Input(clip.shape, name="frames")
    volume = swin(pixels.standardize(frames, _MEAN, _DEVIATION))
    return keras.Model(frames, {"volume": volume}, name="video_swin")


published_head = published.head(published.average_and_classify, 0.5)


_LAYERS = {
    "norm1": "norm1",
    "attention": "attn",
    "qkv": "attn.qkv",
    "proj": "attn.proj",
    "norm2": "norm2",
    "hidden": "mlp.0",
    "mlp": "mlp.3",
}


def published_name(path: str) -> str | None:
    """Returns the name of a weight in torchvision's `swin3d_t`, `_s` or `_b`.

    None if they have no such weight.
    """
    layer, _, variable = path.rpartition("/")
    variable = torch_names.VARIABLES.get(variable, variable)
    stage = re.search(r"stage(\d)/(?:block(\d+)_)?(\w+)$", layer)
    if not stage:
        known = {
            "patches/proj": "patch_embed.proj",
            "patches/norm": "patch_embed.norm",
            "top/norm": "norm",
            "logits": "head",
        }
        name = known.get("/".join(layer.split("/")[-2:]))
        return name and f"{name}.{variable}"
    # torchvision lists stages and the mergers between them together.
    place = 2 * (int(stage[1]) - 1)
    if stage[2]:
        block = int(stage[2]) - 1
        return f"features.{place}.{block}.{_LAYERS[stage[3]]}.{variable}"
    merger = {"merge": "reduction", "merge_norm": "norm"}[stage[3]]
    return f"features.{place + 1}.{merger}.{variable}"


def _check(config: Config, clip: batch.ClipSpec) -> None:
    step = _PATCH[1] * 2 ** (config.stages - 1)
    if clip.size % step:
        raise errors.UserError(
            f"--clip.size={clip.size}: --backbone=video_swin with "
            f"{config.stages} stages wants a multiple of {step}"
        )
    if len(config.window) != 3:
        raise errors.UserError(
            f"--backbone.window has {len(config.window)} numbers: wanted 3, "
            "for time, height and width, such as 8,7,7"
        )
    heads = _VARIANTS[config.variant].heads[0]
    if config.width is not None and config.width % heads:
        raise errors.UserError(
            f"--backbone.width={config.width}: wanted a multiple of {heads}, "
            "the heads of the first stage"
        )
