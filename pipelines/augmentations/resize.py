"""Shows the whole frame, stretched to the size of the clip.

Where other crops cut, this one ignores the aspect ratio instead; nothing is
drawn. A clip that is already decoded has its size, and stays as it is.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Config:
    """Nothing to choose."""


OFF = Config()


def window(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The whole frame, so that the decoder scales it to the clip's size.

    Returns:
        A function (shape int32 [2], height and width in pixels; seed
        int64 [2]) -> int32 [4], top, left, height, width in pixels.
    """

    def whole(shape: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return tf.concat([[0, 0], tf.cast(shape, tf.int32)], axis=0)

    return whole


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """What is left to do on decoded frames: nothing.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """

    def keep(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return tf.identity(clip)

    return keep
