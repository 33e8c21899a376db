"""Dilated convolutions over time, for clips and streams."""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class DilatedConvolution(keras.layers.Layer):
    """A dilated convolution over time, [B, t, C].

    It is one matrix product: on CPUs a dilated `keras.layers.Conv1D` moves
    time into the batch and back, and it has no states. The weights are the
    same: `kernel` [taps, C, units] and `bias` [units].
    """

    def __init__(
        self,
        units: int,
        taps: int,
        dilation: int,
        causal: bool,
        **kwargs: Any,
    ):
        """Configures the convolution.

        Args:
            units: output features.
            taps: kernel size.
            dilation: distance of neighbouring taps in time steps.
            causal: whether taps are in the past only.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.units, self.taps = units, taps
        self.dilation, self.causal = dilation, causal

    @property
    def reach(self) -> int:
        """Time steps from the first tap to the last."""
        return (self.taps - 1) * self.dilation

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the weights for [B, t, C]."""
        self.kernel = self.add_weight(
            shape=(self.taps, shape[-1], self.units),
            initializer="he_normal",
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(self.units,), initializer="zeros", name="bias"
        )

    def call(self, inputs: Any, past: Any = None) -> Any:
        """Convolves a clip or, with its state, the newest steps of a stream.

        Args:
            inputs: [B, t, C].
            past: float32 [B, reach, C], past time steps of a causal layer;
                zeros at the start of a stream.

        Returns:
            [B, t, units]; with a state also the new one.
        """
        if past is None:
            before = self.reach if self.causal else self.reach // 2
            around = (before, self.reach - before)
            seen = ops.pad(inputs, ((0, 0), around, (0, 0)))
            return self._convolved(seen, inputs.shape[1])
        seen = ops.concatenate([ops.cast(past, inputs.dtype), inputs], axis=1)
        after = ops.cast(seen[:, inputs.shape[1] :], "float32")
        return self._convolved(seen, inputs.shape[1]), after

    def _convolved(self, seen: Any, time_steps: int) -> Any:
        starts = range(0, self.reach + 1, self.dilation)
        taps = [seen[:, start : start + time_steps] for start in starts]
        kernel = ops.reshape(self.kernel, (-1, self.units))
        return ops.matmul(ops.concatenate(taps, axis=-1), kernel) + self.bias

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "units": self.units,
            "taps": self.taps,
            "dilation": self.dilation,
            "causal": self.causal,
        }
