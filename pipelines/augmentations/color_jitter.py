"""Changes brightness, contrast, saturation and hue, the same in all frames.

All four are linear in the pixel, so they are one 3x3 matrix and an offset:
one pass over the pixels instead of four. Source: the four operations of
arXiv:1805.09501 and torchvision. Differs: hue rotates about the grey axis in
linear RGB instead of HSV, contrast is relative to the mean luma of the middle
frame, and values are clipped once, at the end.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.decoding import frame_decoding
from pipelines.pixels import color_matrix
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Strength of each change; 0 disables it."""

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
        0.05, "Largest hue rotation either way, full circles.", minimum=0.0,
        maximum=0.5,
    )  # fmt: skip
    probability: float = settings.setting(
        1.0, "Probability of each change, drawn independently.",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the jitter.

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
    """Builds the jitter of float pixels, as a resize returns them.

    Rounds frame by frame, while each is in the CPU cache.

    Returns:
        A function (frames, each float32 [1, H, W, 3] in 0..255; seed int64
        [2]) -> uint8 [T, H, W, 3].
    """

    def jitter(frames: list[tf.Tensor], seed: tf.Tensor) -> tf.Tensor:
        brightness, contrast, saturation, hue = _draw(config, seed)
        light = 1.0 + brightness
        middle = _middle(frames)
        # Of the brightened clip; saturation and hue do not change the mean.
        away = color_matrix.mean_luma(middle) * light * -contrast
        weights = color_matrix.channels(1.0 + saturation, hue)
        weights *= light * (1.0 + contrast)
        change = color_matrix.mixing(weights, frames[0].shape)
        changed = [
            frame_decoding.clipped(change(frame) + away) for frame in frames
        ]
        return tf.concat(changed, axis=0)

    return jitter


def _middle(frames: list[tf.Tensor]) -> tf.Tensor:
    """float32 [1, H, W, 3], also if all frames are in one tensor."""
    if len(frames) > 1:
        return frames[len(frames) // 2]
    at = tf.shape(frames[0])[0] // 2
    return frames[0][at : at + 1]


def _draw(config: Config, seed: tf.Tensor) -> list[tf.Tensor]:
    """Four float32 [], each within plus or minus its setting, or 0."""
    reach = tf.constant(
        [config.brightness, config.contrast, config.saturation, config.hue]
    )
    drawn = tf.random.stateless_uniform((4,), seed, -1.0, 1.0) * reach
    if config.probability < 1.0:
        seed = tf.random.experimental.stateless_fold_in(seed, 0)
        moved = tf.random.stateless_uniform((4,), seed) < config.probability
        drawn *= tf.cast(moved, tf.float32)
    return tf.unstack(drawn)
