"""Moves features along a field of motion, by parts of a pixel."""

from typing import Any

import keras

from video_models.layers.images import pixel_shuffle, warp

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class FineWarp(keras.layers.Layer):
    """Takes channels for smaller pixels, and moves these.

    To look features up between pixels, as `Warp` does, is to blur them, and
    what is carried through many frames is blurred as often. Here what lay a
    part of a pixel aside lies in another channel then.

    Source: FRVSR, arXiv:1801.04590, which moves its last image at the size
    that comes out and folds it into channels. Differs: features are moved,
    not images; while training to the nearest small pixel, which costs a
    quarter and shows the network errors of motion of all kinds, afterwards
    between them. The flow gets no gradient.
    """

    def __init__(self, factor: int, **kwargs: Any):
        """`factor`: small pixels on a side of one; its square divides the
        channels."""
        super().__init__(**kwargs, autocast=False)
        self.factor = factor

    def call(self, features: Any, flow: Any, training: bool = False) -> Any:
        """What lies at each pixel plus its flow.

        Args:
            features: [B, h, w, C].
            flow: float [B, h, w, 2], pixels to the right and down.
            training: whether to take the nearest small pixel.

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
