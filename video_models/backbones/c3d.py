"""C3D: eight convolutions of 3x3x3, with pools between them."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import published
from video_models.layers import convolution, pooling, randomness
from video_models.pretrained import backbone_weights, public_files
from video_models.weights import torch_names

# Of each stage the multiples of `width` that its convolutions have.
_STAGES = ((1,), (2,), (4, 4), (8, 8), (8, 8))
# Of Sports-1M, 0..255: what MMAction2 subtracts.
_MEAN = (104.0, 117.0, 128.0)


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of C3D."""

    width: int = settings.setting(
        64,
        "Channels of the first convolution; later ones have 2, 4 and 8 "
        "times as many, the published head's hidden layers 64 times. 64 is "
        "the published network.",
        minimum=1,
    )


TINY = Config(width=2)

PUBLISHED = (
    published.Network(
        Config(),
        frames=16,
        size=112,
        classes=101,
        parameters=78_409_573,
        multiply_adds=38.5e9,
    ),
    published.Network(
        Config(),
        frames=16,
        size=112,
        classes=487,
        parameters=79_991_015,
        multiply_adds=38.5e9,
    ),
)

WEIGHTS = (
    public_files.PublicFile(
        "c3d_sports1m_16x1x1_45e_ucf101_rgb_20201021-26655025.pth",
        {},
        "https://github.com/open-mmlab/mmaction2/tree/main/configs/"
        "recognition/c3d",
        "Apache-2.0",
        "UCF101 82.9",
    ),
)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds eight 3-D convolutions without normalisation.

    Source: arXiv:1412.0767, as in MMAction2's `C3D`, whose weights fit by
    `published_name`. For clips of 16 frames of 112x112 pixels; with its head
    78,409,573 trainable parameters for 101 classes (UCF101), 79,991,015 for
    487 (Sports-1M), 38.5 billion multiply-adds. Differs: the mean colour is
    subtracted, not the mean clip, as MMAction2 does; a side that is 1 already
    is not halved again, so that clips may be as short as one frame.

    Args:
        config: width.
        clip: shape of the clip; any, but the published head grows with it.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T / 16, H / 32 + 1, W / 32 + 1, 8 * width]}.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = keras.layers.Rescaling(
        1.0, [-each for each in _MEAN], name="scale_pixels"
    )(frames)
    last = len(_STAGES)
    for stage, multiples in enumerate(_STAGES, start=1):
        for block, multiple in enumerate(multiples, start=1):
            name = f"stage{stage}_block{block}"
            x = _convolve(x, multiple * config.width, name)
        around = (0, 1, 1) if stage == last else (0, 0, 0)
        x = _halve(x, stage > 1, around, f"stage{stage}_pool")
    return keras.Model(frames, {"volume": x}, name="c3d")


def published_head(
    config: Config,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
    dropout: float | None,
) -> keras.Model:
    """Three linear layers (fc6 to fc8) on the flattened volume.

    Public weights fit only clips of 16 frames of 112x112 pixels, since the
    size of the first layer depends on the clip.

    Args:
        config: width; the two hidden layers are 64 times as wide.
        shapes: of the backbone's outputs.
        classes: number of logits.
        dropout: dropout rate before each of the last two layers; the paper's
            is 0.5.

    Returns:
        {"volume": [B, t, h, w, C]} -> logits float32 [B, classes].
    """
    dropout = 0.5 if dropout is None else dropout
    volume = keras.Input(shapes["volume"], name="volume")
    # Channels before positions, the order of PyTorch's weights.
    x = keras.ops.transpose(volume, (0, 4, 1, 2, 3))
    x = keras.layers.Flatten(name="flatten")(x)
    for name in ("fc6", "fc7"):
        x = keras.layers.Dense(64 * config.width, activation="relu", name=name)(
            x
        )
        x = randomness.Dropout(dropout, name=f"{name}_dropout")(x)
    logits = keras.layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model({"volume": volume}, logits, name="published_head")


def published_name(path: str) -> str | None:
    """Returns MMAction2's name of a weight, or None."""
    layer, variable = torch_names.split(path)
    if variable is None:
        return None
    if layer == "logits":
        return f"cls_head.fc_cls.{variable}"
    if layer.startswith("fc"):
        return f"backbone.{layer}.{variable}"
    stage, block = (each[-1] for each in layer.split("_"))
    return f"backbone.conv{stage}{' ab'[int(block)]}.conv.{variable}"


def _convolve(x: keras.KerasTensor, width: int, name: str) -> keras.KerasTensor:
    x = convolution.convolve(
        x, width, (3, 3, 3), (1, 1, 1), name, use_bias=True
    )
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def _halve(
    x: keras.KerasTensor,
    time: bool,
    around: tuple[int, int, int],
    name: str,
) -> keras.KerasTensor:
    wanted = (2 if time else 1, 2, 2)
    window = tuple(
        min(extent, side + 2 * zeros)
        for extent, side, zeros in zip(
            wanted, x.shape[1:4], around, strict=True
        )
    )
    return pooling.max_pool(x, window, window, name, around)
