"""Resizes the whole frame to the clip size.

Changes the aspect ratio instead of cropping; no randomness. Decoded clips
have their size already and are unchanged.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Config:
    """No settings."""


OFF = Config()


def window(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Returns the whole frame, which the decoder scales to the clip size.

    Returns:
        A function (shape int32 [2], height and width in pixels; seed
        int64 [2]) -> int32 [4], top, left, height, width in pixels.
    """

    def whole(shape: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return tf.concat([[0, 0], tf.cast(shape, tf.int32)], axis=0)

    return whole


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the identity on decoded frames.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """

    def keep(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return tf.identity(clip)

    return keep
