"""Layers whose kernel is divided by its largest singular value.

`keras.layers.SpectralNormalization` writes the divided kernel back over the
kernel itself, so that no gradient passes through the norm and what the
optimizer has learnt is rescaled; here the kernel stays what it is.
"""

from typing import Any

import keras

ops = keras.ops
_SPARE = 1e-12


class _SpectralKernel:
    """Divides the kernel of the layer that it is mixed into.

    Source: arXiv:1802.05957, one step of power iteration each time that the
    layer is called in training. The kernel is a matrix [inputs, outputs],
    all other axes flattened.
    """

    def build(self, input_shape: tuple) -> None:
        """The kernel and the direction that it stretches most."""
        super().build(input_shape)
        self.direction = self.add_weight(
            name="direction",
            shape=(1, super().kernel.shape[-1]),
            initializer="random_normal",
            trainable=False,
        )

    @property
    def kernel(self) -> Any:
        """The kernel divided by its norm; what the layer computes with."""
        raw = super().kernel
        matrix = ops.reshape(raw, (-1, raw.shape[-1]))
        # Directions are not learnt, only the kernel between them is.
        still = ops.stop_gradient(ops.cast(matrix, "float32"))
        right = ops.convert_to_tensor(self.direction)
        left = _unit(ops.matmul(right, ops.transpose(still)))
        right = _unit(ops.matmul(left, still))
        if self._moves:
            self.direction.assign(right)
        stretched = ops.matmul(
            ops.cast(matrix, "float32"), ops.transpose(right)
        )
        norm = ops.sum(ops.matmul(left, stretched))
        return ops.cast(ops.cast(raw, "float32") / norm, self.compute_dtype)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """As the layer itself does."""
        self._moves = bool(training)
        try:
            return super().call(inputs)
        finally:
            self._moves = False

    def save_own_variables(self, store: Any) -> None:
        """The kernel itself: the layers' own way would take `kernel`."""
        for number, variable in enumerate(self.variables):
            store[str(number)] = variable

    def load_own_variables(self, store: Any) -> None:
        """The inverse of `save_own_variables`."""
        for number, variable in enumerate(self.variables):
            variable.assign(store[str(number)])

    _moves = False


def _unit(row: Any) -> Any:
    return row / (ops.sqrt(ops.sum(row * row)) + _SPARE)


@keras.saving.register_keras_serializable("video_models")
class SpectralConv2D(_SpectralKernel, keras.layers.Conv2D):
    """A 2-D convolution of largest singular value 1, as a matrix."""


@keras.saving.register_keras_serializable("video_models")
class SpectralConv3D(_SpectralKernel, keras.layers.Conv3D):
    """A 3-D convolution of largest singular value 1, as a matrix."""


@keras.saving.register_keras_serializable("video_models")
class SpectralDense(_SpectralKernel, keras.layers.Dense):
    """A dense layer of largest singular value 1."""
