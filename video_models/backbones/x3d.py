"""X3D: a small image network grown in time, size, depth and width."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.families import depthwise_block, published, pytorchvideo
from video_models.layers import (
    convolution,
    depthwise,
    normalization,
    randomness,
)
from video_models.pretrained import backbone_weights, public_files

ops = keras.ops

_BLOCKS = {  # Of each stage.
    "xs": (3, 5, 11, 7),
    "s": (3, 5, 11, 7),
    "m": (3, 5, 11, 7),
    "l": (5, 10, 25, 15),
}
_HIDDEN, _DROPOUT = 2048, 0.5  # Of the head.


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of X3D."""

    variant: str = settings.setting(
        "s",
        "Size. xs, s and m are one network, published for clips of 4 frames "
        "of 160x160 pixels, 13 of 160x160 and 16 of 224x224; l is deeper, "
        "for 16 of 312x312.",
        choices=tuple(_BLOCKS),
    )
    width: int = settings.setting(
        24,
        "Channels of the first stage; doubled in each later stage. 24 is "
        "the published network.",
        minimum=2,
    )
    blocks: tuple[int, ...] | None = settings.setting(
        None,
        "Blocks of each of the four stages; unset: the variant's, 3,5,11,7 "
        "or 5,10,25,15.",
        minimum=1,
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


TINY = Config(width=4, blocks=(1, 1, 1, 1))


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds residual blocks of depthwise convolutions, unpooled in time.

    Source: arXiv:2004.04730 and its code, PySlowFast: trained on clips of 4
    frames of 160x160 pixels (xs), 13 of 160x160 (s), 16 of 224x224 (m), 16 of
    312x312 (l). With its head for 400 classes 3,794,322 trainable parameters,
    l 6,153,432; on these clips 0.61, 1.96, 4.73 and 18.37 billion
    multiply-adds. (PyTorchVideo's 0.91, 2.96 and 6.72 are for 182, 182 and 256
    pixels, with 5 more for each normalised value.) Differs: the head averages
    the whole volume, PySlowFast's all windows of the training size; equal up
    to that size. PyTorchVideo does not normalise the shortcut of the first
    block, so it has 48 parameters fewer.

    Args:
        config: variant, width, blocks and normalisation.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T, H / 32, W / 32, 8 * width]}, rounded up.

    Raises:
        UserError: `blocks` does not have four numbers.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = pytorchvideo.scale_pixels(frames)
    x = convolution.convolve(
        x, config.width, (1, 3, 3), (1, 2, 2), "stem_space"
    )
    x = depthwise.DepthwiseConv3D((5, 1, 1), name="stem_time")(x)
    x = normalization.normalize_relu(x, config.norm, "stem_time")
    for number, blocks in enumerate(_blocks(config), 1):
        width = config.width * 2 ** (number - 1)
        for block in range(blocks):
            stride, name = 1 if block else 2, f"stage{number}_block{block + 1}"
            excites = block % 2 == 0
            x = depthwise_block.build(
                x, width, stride, excites, config.norm, name
            )
    return keras.Model(frames, {"volume": x}, name="x3d")


def published_head(
    config: Config,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
    dropout: float | None,
) -> keras.Model:
    """Widens, averages over time and space, widens again, classifies.

    Args:
        config: the normalisation.
        shapes: of the volume.
        classes: number of classes.
        dropout: dropout rate of the 2048 features; None: 0.5.

    Returns:
        {"volume": [B, t, h, w, C]} -> logits float32 [B, classes].
    """
    volume = keras.Input(shapes["volume"], name="volume")
    inner = int(depthwise_block.WIDENS * volume.shape[-1])
    x = convolution.convolve(volume, inner, (1, 1, 1), (1, 1, 1), "head_wide")
    x = normalization.normalize_relu(x, config.norm, "head_wide")
    x = ops.mean(x, axis=(1, 2, 3))
    x = keras.layers.Dense(_HIDDEN, "relu", use_bias=False, name="head_hidden")(
        x
    )
    dropout = _DROPOUT if dropout is None else dropout
    x = randomness.Dropout(dropout, name="head_dropout")(x)
    logits = keras.layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model({"volume": volume}, logits, name="published_head")


def _blocks(config: Config) -> tuple[int, ...]:
    blocks = config.blocks or _BLOCKS[config.variant]
    if len(blocks) != 4:
        raise errors.UserError(
            f"--backbone.blocks={','.join(map(str, blocks))} names "
            f"{len(blocks)} stages, wanted 4: such as 3,5,11,7"
        )
    return blocks


def published_name(path: str) -> str | None:
    """The name of a weight in PyTorchVideo's checkpoints `X3D_*`.

    None for the normalisation of the first block's shortcut, which they lack;
    its initial weights are the identity.
    """
    if path.startswith("stage1_block1_short_norm/"):
        return None
    modules = {f"stage{number}": f"blocks.{number}" for number in range(1, 5)}
    # The zoo swaps two names: its `conv_t` is the spatial convolution.
    modules["stem_space"] = "blocks.0.conv.conv_t"
    modules["stem_time"] = "blocks.0.conv.conv_xy"
    modules["stem_time_norm"] = "blocks.0.norm"
    modules["head_wide"] = "blocks.5.pool.pre_conv"
    modules["head_wide_norm"] = "blocks.5.pool.pre_norm"
    modules["head_hidden"] = "blocks.5.pool.post_conv"
    modules["logits"] = "blocks.5.proj"
    return pytorchvideo.published_name(
        path, modules, depthwise_block.BLOCK_MODULES
    )


PUBLISHED = tuple(
    published.Network(Config(variant), frames, size, 400, parameters, times)
    for variant, frames, size, parameters, times in (
        ("xs", 4, 160, 3_794_322, 0.60e9),
        ("s", 13, 160, 3_794_322, 1.96e9),
        ("m", 16, 224, 3_794_322, 4.73e9),
        ("l", 16, 312, 6_153_432, 18.37e9),
    )
)

WEIGHTS = tuple(
    public_files.pytorchvideo(
        f"X3D_{variant.upper()}.pyth", score, variant=variant
    )
    for variant, score in (("xs", "69.1"), ("s", "73.3"), ("m", "75.9"))
)
