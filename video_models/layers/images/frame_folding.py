"""Folds clips into images and back, at any height, width and length.

A reshape with fixed numbers would bind a network to one frame size.
"""

from typing import Any

import keras

ops = keras.ops


def fold(clips: Any) -> Any:
    """[B, T, ...] to [B * T, ...], of any sides."""
    return ops.reshape(clips, (-1, *ops.shape(clips)[2:]))


def unfold(images: Any, like: Any) -> Any:
    """The inverse of `fold`; takes T from another clip [B, T, ...]."""
    shape = ops.shape(images)
    return ops.reshape(images, (-1, ops.shape(like)[1], *shape[1:]))


@keras.saving.register_keras_serializable("video_models")
class FoldFrames(keras.layers.Layer):
    """[B, T, H, W, C] to [B * T, H, W, C]."""

    def call(self, clips: Any) -> Any:
        """Same dtype."""
        return fold(clips)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Returns the shape; the batch may be unknown."""
        return (None, *input_shape[2:])


@keras.saving.register_keras_serializable("video_models")
class UnfoldFrames(keras.layers.Layer):
    """[B * T, h, w, C] to [B, T, h, w, C]; takes B and T from another clip."""

    def call(self, images: Any, like: Any) -> Any:
        """`like` is the original clip, [B, T, ...]."""
        return unfold(images, like)

    def compute_output_shape(
        self, images_shape: tuple, like_shape: tuple
    ) -> tuple:
        """Returns the shape; the batch may be unknown."""
        return (*like_shape[:2], *images_shape[1:])
