"""Adds a downscaled, degraded copy of the clip, the input of super-resolution.

A factor of 1 only degrades: blur, darkening, noise and lost blocks, for
restoration.

Source: one pass of Real-ESRGAN's degradation, arXiv:2107.10833. Differs:
isotropic blur, antialiased bicubic scaling and Gaussian noise only; each
strength is drawn once for all frames (the noise itself is new in each);
darkening and lost blocks are added.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines import batch
from pipelines.decoding import frame_decoding
from pipelines.pixels import lost_blocks
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Degradations in their order; by default, only the scaling."""

    min_blur: float = settings.setting(
        0.0, "Smallest standard deviation of the blur, pixels.", minimum=0.0
    )
    max_blur: float = settings.setting(
        0.0, "Largest standard deviation of the blur; 0: no blur.", minimum=0.0
    )
    factor: int = settings.setting(4, "Downscaling factor.", minimum=1)
    max_noise: float = settings.setting(
        0.0,
        "Largest standard deviation of the noise, in levels of 255; drawn "
        "from 0; 0: no noise.",
        minimum=0.0,
    )
    min_brightness: float = settings.setting(
        1.0,
        "Smallest brightness factor; drawn up to 1; 1: no darkening.",
        minimum=0.0,
        maximum=1.0,
    )
    max_lost_blocks: float = settings.setting(
        0.0,
        f"Largest fraction of lost blocks of {lost_blocks.BLOCK}x"
        f"{lost_blocks.BLOCK} pixels, different ones in each frame; drawn "
        "from 0.",
        minimum=0.0,
        maximum=1.0,
    )
    min_quality: int = settings.setting(
        0,
        "Smallest JPEG quality of the copy; 0: no JPEG compression.",
        minimum=0,
        maximum=100,
    )
    max_quality: int = settings.setting(
        95, "Largest JPEG quality of the copy.", minimum=1, maximum=100
    )

    def __post_init__(self):
        for what in ("blur", "quality"):
            least = getattr(self, f"min_{what}")
            most = getattr(self, f"max_{what}")
            if least > most:
                raise errors.UserError(
                    f"min_{what}={least} is more than max_{what}={most}: "
                    "wanted at most that"
                )


def build(
    config: Config, clip: batch.ClipSpec
) -> Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]:
    """Builds the degradation.

    Args:
        config: its settings.
        clip: frames and size of a clip.

    Returns:
        A function (frames uint8 [T, H, W, 3], seed int64 [2]) ->
        `low_frames` uint8 [T, H / factor, W / factor, 3].

    Raises:
        UserError: the factor does not divide the clip's size.
    """
    if clip.size % config.factor:
        raise errors.UserError(
            f"a clip of size {clip.size} cannot be downscaled {config.factor} "
            "times: wanted a --clip.size that is a multiple of the factor"
        )
    size = clip.size // config.factor
    fold = tf.random.experimental.stateless_fold_in

    def degrade(frames: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        low = _scaled(config, frames, size, fold(seed, 0))
        if config.min_brightness < 1:
            low *= _drawn(fold(seed, 3), config.min_brightness, 1.0)
        if config.max_noise:
            low += _noise(config, tf.shape(low), fold(seed, 1))
        if config.max_lost_blocks:
            fraction = _drawn(fold(seed, 4), 0.0, config.max_lost_blocks)
            low = lost_blocks.lose(low, fraction, fold(seed, 5))
        low = frame_decoding.to_uint8(low)
        if config.min_quality:
            low = _compressed(config, low, fold(seed, 2))
        low = tf.ensure_shape(low, (clip.frames, size, size, 3))
        return {"low_frames": low}

    return degrade


def _scaled(
    config: Config, frames: tf.Tensor, size: int, seed: tf.Tensor
) -> tf.Tensor:
    """float32 [T, size, size, 3], blurred and scaled.

    Blur and scaling are one matrix for rows and columns, which is faster
    than `tf.image.resize` alone.
    """
    large = frames.shape[1]
    once = tf.eye(large)[..., None]
    scale = tf.image.resize(once, (size, large), "bicubic", antialias=True)
    scale = scale[..., 0]
    if config.max_blur:
        scale = scale @ _blur(config, large, seed)
    pixels = tf.cast(frames, tf.float32)
    rows = scale @ tf.reshape(pixels, (-1, large, large * 3))
    rows = tf.transpose(tf.reshape(rows, (-1, large, 3)), (0, 2, 1))
    both = tf.matmul(tf.reshape(rows, (-1, large)), scale, transpose_b=True)
    both = tf.transpose(tf.reshape(both, (-1, 3, size)), (0, 2, 1))
    return tf.reshape(both, (-1, size, size, 3))


def _blur(config: Config, side: int, seed: tf.Tensor) -> tf.Tensor:
    """float32 [side, side]; rows are renormalised at the edges."""
    sigma = _drawn(seed, config.min_blur, config.max_blur)
    places = tf.range(side, dtype=tf.float32)
    away = (places - places[:, None]) / tf.maximum(sigma, 1e-3)
    return tf.nn.softmax(-0.5 * tf.square(away))


def _noise(config: Config, shape: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """float32 of `shape`, new in each frame, of one strength."""
    fold = tf.random.experimental.stateless_fold_in
    strength = _drawn(fold(seed, 0), 0.0, config.max_noise)
    return strength * tf.random.stateless_normal(shape, fold(seed, 1))


def _compressed(
    config: Config, frames: tf.Tensor, seed: tf.Tensor
) -> tf.Tensor:
    """uint8, each frame compressed and decompressed."""
    least, most = config.min_quality, config.max_quality + 1
    quality = tf.random.stateless_uniform((), seed, least, most, tf.int32)
    return tf.map_fn(
        lambda frame: tf.image.adjust_jpeg_quality(frame, quality), frames
    )


def _drawn(seed: tf.Tensor, least: float, most: float) -> tf.Tensor:
    """float32 [], uniform from `least` to `most`."""
    return tf.random.stateless_uniform((), seed, least, most)
