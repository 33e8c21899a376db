"""R3D-18: a residual network of 3x3x3 convolutions."""

import keras

from pipelines import batch
from video_models.families import published, residual_video
from video_models.layers import pixels
from video_models.pretrained import public_files

Config = residual_video.Config
TINY = residual_video.TINY

PUBLISHED = (
    published.Network(
        Config(),
        frames=16,
        size=112,
        classes=400,
        parameters=33_371_472,
        multiply_adds=40.697e9,
    ),
)

WEIGHTS = (public_files.torchvision("r3d_18-b3b3357e.pth", "K400 63.2"),)

published_head = residual_video.published_head
published_name = residual_video.published_name


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds an 18-layer residual network of 3x3x3 convolutions.

    Source: arXiv:1711.11248, as in torchvision's `r3d_18`, whose weights fit
    by `published_name`. For clips of 16 frames of 112x112 pixels; with its
    head for 400 classes 33,371,472 trainable parameters and 40.7 billion
    multiply-adds. Differs: none.

    Args:
        config: width, blocks and normalisation.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T / 8, H / 16, W / 16, 8 * width]}, rounded up.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = pixels.standardize(frames)
    x = residual_video.dense_stem(x, config)
    convolve = residual_video.dense((3, 3, 3))
    whole = residual_video.Stage(convolve, (1, 1, 1))
    halving = residual_video.Stage(convolve, (2, 2, 2))
    x = residual_video.stack(x, config, (whole, halving, halving, halving))
    return keras.Model(frames, {"volume": x}, name="r3d")
