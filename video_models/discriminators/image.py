"""Image discriminator: scores every frame, averages the logits.

Source: the image discriminator of MoCoGAN, arXiv:1707.04993, and the spatial
one of DVD-GAN, arXiv:1907.06571. Differs: it scores all frames, which is cheap
here, instead of a sample.
"""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import discriminator_blocks
from video_models.layers.images import frame_folding

SECTION = "image_discriminator"


@dataclasses.dataclass(frozen=True)
class Config(discriminator_blocks.Config):
    """Settings of the discriminator."""

    widths: tuple[int, ...] = settings.setting(
        (24, 48, 96),
        "Channels of the 4x4 convolutions; each halves height and width.",
        minimum=1,
    )


TINY = Config(widths=(4, 8))


def build(config: Config, clip: batch.ClipSpec, classes: int) -> keras.Model:
    """Builds the discriminator.

    Args:
        config: widths, normalisation.
        clip: shape of the clips.
        classes: number of labels to condition on; 0 for none.

    Returns:
        {"frames": float32 [B, T, H, W, 3], 0..255, "label": float32
        [B, classes], if there are classes} -> logits float32 [B].
    """
    frames = keras.Input(clip.shape, name="frames")
    x = frame_folding.FoldFrames(name="fold")(frames)
    x = keras.layers.Rescaling(1 / 127.5, -1.0, name="scale_pixels")(x)
    for number, width in enumerate(config.widths, start=1):
        x = discriminator_blocks.convolve(
            config, x, width, 4, 2, f"conv{number}"
        )
    x = discriminator_blocks.convolve(
        config, x, config.widths[-1], 3, 1, "last"
    )
    return discriminator_blocks.projection_discriminator(
        config, frames, x, classes, "image"
    )
