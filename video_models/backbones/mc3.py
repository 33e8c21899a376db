"""MC3-18: 3x3x3 convolutions in the first stage, then 1x3x3."""

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
        parameters=11_695_440,
        multiply_adds=43.343e9,
    ),
)

WEIGHTS = (public_files.torchvision("mc3_18-a90a0ba3.pth", "K400 64.0"),)

published_head = residual_video.published_head
published_name = residual_video.published_name


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds an 18-layer residual network of mixed convolutions.

    Source: arXiv:1711.11248, as in torchvision's `mc3_18`, whose weights fit
    by `published_name`. For clips of 16 frames of 112x112 pixels; with its
    head for 400 classes 11,695,440 trainable parameters and 43.3 billion
    multiply-adds. Differs: none.

    Args:
        config: width, blocks and normalisation.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T, H / 16, W / 16, 8 * width]}, rounded up.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = pixels.standardize(frames)
    x = residual_video.dense_stem(x, config)
    over_time = residual_video.dense((3, 3, 3))
    in_frames = residual_video.dense((1, 3, 3))
    whole = residual_video.Stage(over_time, (1, 1, 1))
    halving = residual_video.Stage(in_frames, (1, 2, 2))
    x = residual_video.stack(x, config, (whole, halving, halving, halving))
    return keras.Model(frames, {"volume": x}, name="mc3")
