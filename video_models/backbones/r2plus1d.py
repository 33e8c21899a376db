"""R(2+1)D-18: every 3-D convolution split into space, then time."""

import keras

from pipelines import batch
from video_models.families import published, residual_video
from video_models.layers import convolution, normalization, pixels
from video_models.pretrained import public_files

Config = residual_video.Config
TINY = residual_video.TINY

PUBLISHED = (
    published.Network(
        Config(),
        frames=16,
        size=112,
        classes=400,
        parameters=31_505_325,
        multiply_adds=40.519e9,
    ),
)

WEIGHTS = (public_files.torchvision("r2plus1d_18-91a641e6.pth", "K400 67.5"),)

published_head = residual_video.published_head
published_name = residual_video.published_name


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds an 18-layer residual network of (2+1)-D convolutions.

    Source: arXiv:1711.11248, as in torchvision's `r2plus1d_18`, whose weights
    fit by `published_name`. For clips of 16 frames of 112x112 pixels; with
    its head for 400 classes 31,505,325 trainable parameters and 40.5 billion
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
    x = _stem(x, config)
    whole = residual_video.Stage(_split, (1, 1, 1))
    halving = residual_video.Stage(_split, (2, 2, 2))
    x = residual_video.stack(x, config, (whole, halving, halving, halving))
    return keras.Model(frames, {"volume": x}, name="r2plus1d")


def _stem(x: keras.KerasTensor, config: Config) -> keras.KerasTensor:
    middle = max(1, 45 * config.width // 64)
    x = convolution.convolve(x, middle, (1, 7, 7), (1, 2, 2), "stem_space")
    x = normalization.normalize_relu(x, config.norm, "stem_space")
    x = convolution.convolve(x, config.width, (3, 1, 1), (1, 1, 1), "stem_time")
    return normalization.normalize_relu(x, config.norm, "stem_time")


def _split(
    x: keras.KerasTensor,
    entering: int,
    width: int,
    strides: tuple[int, int, int],
    norm: str,
    name: str,
) -> keras.KerasTensor:
    # The parameter count of a 3x3x3 convolution.
    middle = (entering * width * 27) // (entering * 9 + 3 * width)
    in_time, *in_space = strides
    x = convolution.convolve(
        x, middle, (1, 3, 3), (1, *in_space), f"{name}_space"
    )
    x = normalization.normalize_relu(x, norm, f"{name}_space")
    return convolution.convolve(
        x, width, (3, 1, 1), (in_time, 1, 1), f"{name}_time"
    )
