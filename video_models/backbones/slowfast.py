"""SlowFast: a wide pathway over few frames, a narrow one over many."""

import dataclasses
import re

import keras

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.families import bottleneck, published, pytorchvideo
from video_models.layers import convolution, normalization
from video_models.pretrained import public_files

ops = keras.ops

_SLOW_REACHES = (1, 1, 3, 3)  # Temporal kernel size in each stage.
_NARROWER = 8  # Channel ratio of slow to fast pathway.

# Frames per slow frame, and temporal kernel of the lateral connections.
_RATIO_AND_REACH = {"4x16": (8, 5), "8x8": (4, 7)}


@dataclasses.dataclass(frozen=True)
class Config(bottleneck.Config):
    """Settings of SlowFast."""

    variant: str = settings.setting(
        "8x8",
        "Frames x stride of the slow pathway, for clips of 32 frames with "
        "stride 2: 4x16 takes every 8th frame, 8x8 every 4th.",
        choices=tuple(_RATIO_AND_REACH),
    )


TINY = Config(width=16, blocks=(1, 1, 1, 1))


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds both pathways and four lateral connections from fast to slow.

    Source: arXiv:1812.03982, as PyTorchVideo's SlowFast-R50 4x16 and 8x8
    (`slowfast_r50`); the input is the clip of the fast pathway: 32 frames, 2
    apart, trained on 224x224 and tested on 256x256 pixels. With its head for
    400 classes 34,480,216 and 34,566,488 trainable parameters, and on 256x256
    pixels 36.10 and 65.71 billion multiply-adds. (The zoo's 36.69 for 4x16 has
    5 more for each normalised value.) Differs: the head averages the whole
    volume, PyTorchVideo's all windows of 7x7; equal up to 224x224.

    Args:
        config: variant, width, blocks and normalisation.
        clip: shape of the clip; frames are a multiple of the variant's ratio.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T / ratio, H / 32, W / 32, 36 * width]}, rounded up:
        channels of the slow pathway, then those of the fast one, averaged
        over the frames of a slow one.

    Raises:
        UserError: the frames are no multiple of the ratio, or the width of 8.
    """
    ratio, reach = _RATIO_AND_REACH[config.variant]
    _check(config, clip, ratio)
    frames = keras.Input(clip.shape, name="frames")
    fast = pytorchvideo.scale_pixels(frames)
    slow = bottleneck.stem(_spread(fast, ratio), config, 1)
    fast = bottleneck.stem(fast, config, 5, "_fast", _NARROWER)
    last = "stem"
    for number, slow_reach in enumerate(_SLOW_REACHES, 1):
        slow = _join(slow, fast, ratio, reach, config.norm, f"{last}_lateral")
        slow = bottleneck.stage(slow, config, number, (slow_reach,))
        fast = bottleneck.stage(fast, config, number, (3,), "_fast", _NARROWER)
        last = f"stage{number}_block{config.blocks[number - 1]}"
    volume = ops.concatenate([slow, _average(fast, ratio)], axis=-1)
    return keras.Model(frames, {"volume": volume}, name="slowfast")


published_head = published.head(published.average_and_classify, 0.5)


def published_name(path: str) -> str | None:
    """The name of a weight in PyTorchVideo's checkpoints `SLOWFAST_*_R50`."""
    pathway = int("_fast" in path)
    path = re.sub(r"_block\d+_lateral", "_lateral", path.replace("_fast", ""))
    modules = {"logits": "blocks.6.proj"}
    for number in range(5):
        name = f"stage{number}" if number else "stem"
        lateral = f"blocks.{number}.multipathway_fusion"
        modules[name] = f"blocks.{number}.multipathway_blocks.{pathway}"
        modules[f"{name}_lateral"] = f"{lateral}.conv_fast_to_slow"
        modules[f"{name}_lateral_norm"] = f"{lateral}.norm"
    modules["stem_norm"] = f"{modules['stem']}.norm"
    modules["stem"] = f"{modules['stem']}.conv"
    return pytorchvideo.published_name(path, modules, bottleneck.BLOCK_MODULES)


def _check(config: Config, clip: batch.ClipSpec, ratio: int) -> None:
    if clip.frames % ratio:
        raise errors.UserError(
            f"--clip.frames={clip.frames}: the slow pathway of slowfast "
            f"{config.variant} takes every {ratio}th frame; wanted a multiple "
            f"of {ratio}"
        )
    if config.width % _NARROWER:
        raise errors.UserError(
            f"--backbone.width={config.width}: the fast pathway has an "
            f"eighth of it; wanted a multiple of {_NARROWER}"
        )


def _spread(x: keras.KerasTensor, ratio: int) -> keras.KerasTensor:
    """Evenly spaced frames, one of `ratio`, including the first and last."""
    last, count = x.shape[1] - 1, x.shape[1] // ratio
    picked = [last * n // max(1, count - 1) for n in range(count)]
    return ops.concatenate([x[:, n : n + 1] for n in picked], axis=1)


def _join(
    slow: keras.KerasTensor,
    fast: keras.KerasTensor,
    ratio: int,
    reach: int,
    norm: str,
    name: str,
) -> keras.KerasTensor:
    """[B, t, h, w, C] and [B, T, h, w, c] -> [B, t, h, w, C + 2 * c]."""
    width, strides = 2 * fast.shape[-1], (ratio, 1, 1)
    x = convolution.convolve(fast, width, (reach, 1, 1), strides, name)
    x = normalization.normalize_relu(x, norm, name)
    return ops.concatenate([slow, x], axis=-1)


def _average(x: keras.KerasTensor, ratio: int) -> keras.KerasTensor:
    _, frames, *rest = x.shape
    x = ops.reshape(x, (-1, frames // ratio, ratio, *rest))
    return ops.mean(x, axis=2)


PUBLISHED = tuple(
    published.Network(Config(variant=variant), 32, 256, 400, parameters, times)
    for variant, parameters, times in (
        ("4x16", 34_480_216, 36.69e9),
        ("8x8", 34_566_488, 65.71e9),
    )
)

WEIGHTS = tuple(
    public_files.pytorchvideo(
        f"SLOWFAST_{variant}_R50.pyth", score, variant=variant
    )
    for variant, score in (("4x16", "75.3"), ("8x8", "76.9"))
)
