"""Convolutions over time whose taps lie apart, for clips and for streams."""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class DilatedConvolution(keras.layers.Layer):
    """Convolves [B, t, C] over time.

    As one product of matrices: `keras.layers.Conv1D` with a dilation turns
    time into batch and back again on CPUs, and knows no states. Its weights
    are the same: `kernel` [taps, C, units] and `bias` [units].
    """

    def __init__(
        self,
        units: int,
        taps: int,
        dilation: int,
        causal: bool,
        **kwargs: Any,
    ):
        """Says what it sees.

        Args:
            units: features to come out.
            taps: time steps that one output sees.
            dilation: time steps from one tap to the next.
            causal: whether taps lie back only, or on both sides.
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
        """Makes the weights for [B, t, C]."""
        self.kernel = self.add_weight(
            shape=(self.taps, shape[-1], self.units),
            initializer="he_normal",
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(self.units,), initializer="zeros", name="bias"
        )

    def call(self, inputs: Any, past: Any = None) -> Any:
        """Convolves a clip; or, with its state, the end of a stream.

        Args:
            inputs: [B, t, C].
            past: float32 [B, reach, C], the time steps before, where the layer
                is causal; before a stream they are zeros, as before a clip.

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
