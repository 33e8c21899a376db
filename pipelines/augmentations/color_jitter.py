"""Changes brightness, contrast, saturation and hue, alike in all frames.

All four are linear in the pixel, so they are one 3x3 matrix and an offset:
one pass over the pixels instead of four. Source: the four changes of
arXiv:1805.09501 and torchvision. Differs: hue turns about the grey axis in
linear RGB instead of in HSV, contrast moves pixels away from the mean luma of
the clip's middle frame, and values are clipped once, at the end.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.decoding import frame_decoding
from pipelines.pixels import color_matrix
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How far each property may move; 0 leaves it alone."""

    brightness: float = settings.setting(
        0.4, "Factor drawn from 1 - b to 1 + b.", minimum=0.0, maximum=1.0
    )
    contrast: float = settings.setting(
        0.4, "Factor drawn from 1 - c to 1 + c.", minimum=0.0, maximum=1.0
    )
    saturation: float = settings.setting(
        0.4, "Factor drawn from 1 - s to 1 + s.", minimum=0.0, maximum=1.0
    )
    hue: float = settings.setting(
        0.05, "Most turn either way, in full circles.", minimum=0.0,
        maximum=0.5,
    )  # fmt: skip
    probability: float = settings.setting(
        1.0, "Chance of each property to be moved, drawn for each by itself.",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The jitter.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    jitter = on_floats(config)

    def change(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        frames = tf.split(tf.cast(clip, tf.float32), clip.shape[0])
        return tf.ensure_shape(jitter(frames, seed), clip.shape)

    return change


def on_floats(
    config: Config,
) -> Callable[[list[tf.Tensor], tf.Tensor], tf.Tensor]:
    """The jitter of pixels that are not rounded yet, as a resize gives them.

    It rounds in their place, frame by frame, while each is in the cache.

    Returns:
        A function (frames, each float32 [1, H, W, 3] in 0..255; seed int64
        [2]) -> uint8 [T, H, W, 3].
    """

    def jitter(frames: list[tf.Tensor], seed: tf.Tensor) -> tf.Tensor:
        brightness, contrast, saturation, hue = _draw(config, seed)
        light = 1.0 + brightness
        middle = _middle(frames)
        # Of the clip made lighter; its saturation and hue do not move it.
        away = color_matrix.mean_luma(middle) * light * -contrast
        shares = color_matrix.channels(1.0 + saturation, hue)
        shares *= light * (1.0 + contrast)
        change = color_matrix.mixing(shares, frames[0].shape)
        changed = [
            frame_decoding.clipped(change(frame) + away) for frame in frames
        ]
        return tf.concat(changed, axis=0)

    return jitter


def _middle(frames: list[tf.Tensor]) -> tf.Tensor:
    """float32 [1, H, W, 3]; where many frames came as one, out of that."""
    if len(frames) > 1:
        return frames[len(frames) // 2]
    at = tf.shape(frames[0])[0] // 2
    return frames[0][at : at + 1]


def _draw(config: Config, seed: tf.Tensor) -> list[tf.Tensor]:
    """Four float32 [], each from minus to plus its reach, or 0."""
    reach = tf.constant(
        [config.brightness, config.contrast, config.saturation, config.hue]
    )
    drawn = tf.random.stateless_uniform((4,), seed, -1.0, 1.0) * reach
    if config.probability < 1.0:
        seed = tf.random.experimental.stateless_fold_in(seed, 0)
        moved = tf.random.stateless_uniform((4,), seed) < config.probability
        drawn *= tf.cast(moved, tf.float32)
    return tf.unstack(drawn)
