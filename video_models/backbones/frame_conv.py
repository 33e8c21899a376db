"""A small convolutional network applied to each frame alone.

It ignores time; combine it with a temporal block.
"""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.layers import normalization
from video_models.pretrained import backbone_weights


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of the frame encoder."""

    widths: tuple[int, ...] = settings.setting(
        (32, 64, 96, 128),
        "Channels of the 3x3 convolutions; each halves height and width.",
        minimum=1,
    )
    features: int = settings.setting(
        128, "Length of the feature vector of a frame.", minimum=1
    )
    norm: str = settings.setting(
        "batch", normalization.HELP, choices=normalization.KINDS
    )


TINY = Config(widths=(4, 8), features=8)
FRAMES_ALONE = True


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Encodes every frame into one vector.

    The last convolution covers the whole remaining feature map, so that the
    vector keeps spatial positions, which a spatial average would discard.

    Args:
        config: widths, features, normalisation.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> {"volume": [B, T, 1, 1, features]}.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = keras.layers.Rescaling(1 / 127.5, -1.0, name="scale_pixels")(frames)
    x = keras.ops.reshape(x, (-1, *clip.shape[1:]))
    for number, width in enumerate(config.widths, start=1):
        x = _halve(x, width, config.norm, f"conv{number}")
    x = keras.layers.Conv2D(config.features, x.shape[1:3], name="whole")(x)
    volume = keras.ops.reshape(x, (-1, clip.frames, 1, 1, config.features))
    return keras.Model(frames, {"volume": volume}, name="frame_conv")


def _halve(
    x: keras.KerasTensor, width: int, norm: str, name: str
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(
        width,
        3,
        strides=2,
        padding="same",
        use_bias=norm == "none",
        kernel_initializer="he_normal",
        name=name,
    )(x)
    x = normalization.build(norm, width, f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)
