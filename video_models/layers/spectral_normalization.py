"""Layers with spectral normalisation.

`keras.layers.SpectralNormalization` overwrites the kernel with the normalised
one, so that no gradient passes through the norm and the trained kernel is
rescaled; here the kernel stays unchanged.
"""

from typing import Any

import keras

ops = keras.ops
_SPARE = 1e-12


class _SpectralKernel:
    """Mixin that divides a layer's kernel by its largest singular value.

    Source: arXiv:1802.05957, with one step of power iteration per call in
    training. The kernel is viewed as a matrix [inputs, outputs], other axes
    flattened.
    """

    def build(self, input_shape: tuple) -> None:
        """Creates the kernel and its leading singular vector."""
        super().build(input_shape)
        self.direction = self.add_weight(
            name="direction",
            shape=(1, super().kernel.shape[-1]),
            initializer="random_normal",
            trainable=False,
        )

    @property
    def kernel(self) -> Any:
        """The normalised kernel, which the layer uses."""
        raw = super().kernel
        matrix = ops.reshape(raw, (-1, raw.shape[-1]))
        # The singular vectors are constants for the gradient.
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
        """Calls the layer with the normalised kernel."""
        self._moves = bool(training)
        try:
            return super().call(inputs)
        finally:
            self._moves = False

    def save_own_variables(self, store: Any) -> None:
        """Saves the unnormalised kernel."""
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
    """A 2-D convolution with spectral normalisation."""


@keras.saving.register_keras_serializable("video_models")
class SpectralConv3D(_SpectralKernel, keras.layers.Conv3D):
    """A 3-D convolution with spectral normalisation."""


@keras.saving.register_keras_serializable("video_models")
class SpectralDense(_SpectralKernel, keras.layers.Dense):
    """A dense layer with spectral normalisation."""
