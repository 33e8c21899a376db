"""Warps features along a flow with subpixel accuracy."""

from typing import Any

import keras

from video_models.layers.images import pixel_shuffle, warp

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class FineWarp(keras.layers.Layer):
    """Unfolds channels into smaller pixels, and warps those.

    Interpolating features, as `Warp` does, blurs them, repeatedly if they
    propagate through many frames. Here, a subpixel shift moves features to
    another channel instead.

    Source: FRVSR, arXiv:1801.04590, which warps its last output image and
    folds it into channels. Differs: features are warped instead of images;
    training takes the nearest small pixel, which costs a quarter and exposes
    the network to all kinds of flow errors, inference interpolates. The flow
    has no gradient.
    """

    def __init__(self, factor: int, **kwargs: Any):
        """`factor`: small pixels per side of a pixel; its square divides the
        channels."""
        super().__init__(**kwargs, autocast=False)
        self.factor = factor

    def call(self, features: Any, flow: Any, training: bool = False) -> Any:
        """Looks up each pixel at its position plus flow.

        Args:
            features: [B, h, w, C].
            flow: float [B, h, w, 2], pixels right and down.
            training: whether to take the nearest small pixel instead of
                interpolating.

        Returns:
            As `features`.
        """
        factor = self.factor
        small = pixel_shuffle.shuffle(features, factor)
        flow = ops.stop_gradient(ops.cast(flow, "float32")) * factor
        for axis in (1, 2):
            flow = ops.repeat(flow, factor, axis=axis)
        moved = (warp.nearest if training else warp.linear)(small, flow)
        return pixel_shuffle.unshuffle(moved, factor)

    def compute_output_shape(
        self, features_shape: tuple, flow_shape: tuple
    ) -> tuple:
        """That of the features."""
        return features_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {**super().get_config(), "factor": self.factor}
