"""Video discriminator: scores motion by convolutions over space and time.

Source: the video discriminator of MoCoGAN, arXiv:1707.04993; downscaled frames
as in DVD-GAN, arXiv:1907.06571.
"""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models.families import discriminator_blocks

SECTION = "video_discriminator"


@dataclasses.dataclass(frozen=True)
class Config(discriminator_blocks.Config):
    """Settings of the discriminator."""

    widths: tuple[int, ...] = settings.setting(
        (32, 64, 128),
        "Channels of the convolutions; each halves height and width, and "
        "time while three frames or more are left.",
        minimum=1,
    )
    shrink: int = settings.setting(
        2,
        "Downscaling factor of the frames before the first convolution.",
        minimum=1,
    )


TINY = Config(widths=(4, 8), shrink=1)


def build(config: Config, clip: batch.ClipSpec, classes: int) -> keras.Model:
    """Builds the discriminator.

    Args:
        config: widths, normalisation, downscaling.
        clip: shape of the clips.
        classes: number of labels to condition on; 0 for none.

    Returns:
        {"frames": float32 [B, T, H, W, 3], 0..255, "label": float32
        [B, classes], if there are classes} -> logits float32 [B].

    Raises:
        UserError: `shrink` does not divide the frame size.
    """
    if clip.size % config.shrink:
        raise errors.UserError(
            f"--{SECTION}.shrink={config.shrink} for --clip.size={clip.size}: "
            "wanted a divisor of it"
        )
    frames = keras.Input(clip.shape, name="frames")
    x = keras.layers.Rescaling(1 / 127.5, -1.0, name="scale_pixels")(frames)
    if config.shrink > 1:
        pool = (1, config.shrink, config.shrink)
        x = keras.layers.AveragePooling3D(pool, name="shrink")(x)
    for number, width in enumerate(config.widths, start=1):
        time = 2 if x.shape[1] > 2 else 1
        kernel = (3 if x.shape[1] > 1 else 1, 4, 4)
        strides = (time, 2, 2)
        x = discriminator_blocks.convolve(
            config, x, width, kernel, strides, f"conv{number}"
        )
    return discriminator_blocks.projection_discriminator(
        config, frames, x, classes, "video"
    )
