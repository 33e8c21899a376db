"""Keras' batch normalisation with TensorFlow's fused kernel.

Keras 3 computes moments and scales in separate operations, which takes two to
three times as long on a CPU, forward and backward.
"""

from typing import Any

import keras


@keras.saving.register_keras_serializable("video_models")
class BatchNormalization(keras.layers.BatchNormalization):
    """The same weights and results as `keras.layers.BatchNormalization`.

    Source: arXiv:1502.03167. Differs: it uses the fused kernel in training on
    the TensorFlow backend, for [B, ..., H, W, C] over the last axis with scale
    and offset; otherwise, and if synchronised, Keras' implementation.
    """

    def call(
        self, inputs: Any, training: bool | None = None, mask: Any = None
    ) -> Any:
        """Same shape as `inputs`, dtype of the policy."""
        if self._fuses(inputs, training, mask):
            return self._fused(inputs)
        return super().call(inputs, training=training, mask=mask)

    def _fuses(self, inputs: Any, training: bool | None, mask: Any) -> bool:
        return bool(
            training
            and self.trainable
            and mask is None
            and not self.synchronized
            and self.scale
            and self.center
            and self.axis in (-1, len(inputs.shape) - 1)
            and len(inputs.shape) >= 4
            and keras.backend.backend() == "tensorflow"
            and not isinstance(inputs, keras.KerasTensor)
        )

    def _fused(self, inputs: Any) -> Any:
        import tensorflow as tf

        channels = inputs.shape[-1]
        images = tf.reshape(inputs, (-1, *inputs.shape[-3:]))
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=images,
            scale=tf.cast(self.gamma, tf.float32),
            offset=tf.cast(self.beta, tf.float32),
            mean=tf.zeros((0,)),
            variance=tf.zeros((0,)),
            epsilon=self.epsilon,
            is_training=True,
        )
        # The kernel returns the sample variance, Keras uses the population's.
        values = tf.cast(tf.size(images) // channels, tf.float32)
        variance *= (values - 1) / values
        for moving, now in (
            (self.moving_mean, mean),
            (self.moving_variance, variance),
        ):
            kept = tf.cast(moving, tf.float32)
            moving.assign(kept + (now - kept) * (1.0 - self.momentum))
        return tf.reshape(outputs, (-1, *inputs.shape[1:]))
