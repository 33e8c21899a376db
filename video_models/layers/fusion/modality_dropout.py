"""Hides whole modalities in training."""

from typing import Any

import keras

from video_models.layers import randomness

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class ModalityDropout(randomness.Dropout):
    """Hides modalities of an example in training, never all that it has.

    Each is hidden with probability `rate`. If that would hide all, one that is
    there stays, each with equal probability. Nothing is scaled: what remains is
    what an example without that modality holds.
    """

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Hides modalities.

        Args:
            inputs: [B, modalities], 1 for those there, 0 for missing ones.
            training: whether to hide anything.

        Returns:
            The same shape and dtype, with more 0.
        """
        if not training or not self.rate:
            return inputs
        drawn = keras.random.uniform(
            ops.shape(inputs), dtype="float32", seed=self.seed_generator
        )
        there = ops.where(inputs > 0, drawn, -1.0)
        last = there >= ops.max(there, axis=1, keepdims=True)
        stays = ops.logical_or(drawn >= self.rate, last)
        return inputs * ops.cast(stays, inputs.dtype)
