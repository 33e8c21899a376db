"""SRResNet: upscales or restores frame by frame.

Source: SRResNet, arXiv:1609.04802, as BasicSR has it (MSRResNet: no
normalisation, PixelShuffle). 1,517,571 parameters at factor 4; 2.6e9
multiply-adds for a frame of 128x128. Differs: the output is added to the
bicubically (not bilinearly) upscaled input, so that training starts at the
baseline.
"""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.families import restoration
from video_models.layers.images import frame_folding


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the network."""

    width: int = settings.setting(64, "Channels.", minimum=1)
    blocks: int = settings.setting(16, "Residual blocks.", minimum=1)


TINY = Config(width=4, blocks=1)
MAKES = "frames of frames"


def build(config: Config, factor: int, frames: int) -> keras.Model:
    """Builds the network.

    Args:
        config: width and depth.
        factor: upscaling factor; 1 restores without upscaling.
        frames: ignored; each frame is processed alone.

    Returns:
        float32 [B, T, h, w, 3], 0..255, any T, h and w ->
        {"frames": float32 [B, T, factor * h, factor * w, 3]}.
    """
    del frames
    clip = keras.Input((None, None, None, 3), name="frames")
    base = frame_folding.FoldFrames(name="fold")(clip)
    x = keras.layers.Rescaling(1 / 127.5, -1.0, name="scale_pixels")(base)
    x = restoration.convolve(x, config.width, "first")
    x = restoration.leaky(x, "first_relu")
    x = restoration.residual(x, config.width, config.blocks, "block")
    made = restoration.finish(x, base, clip, config.width, factor)
    return keras.Model(clip, {"frames": made}, name="srresnet")
