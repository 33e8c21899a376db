"""Averages the time steps of one modality onto those of another."""

from typing import Any

import keras
import numpy as np

ops = keras.ops

_SMALLEST = 1e-6  # Weight below which nothing was there.

Clock = tuple[float, float]
"""Centre of the first time step and distance of the time steps, seconds."""


def weights(
    steps: int, taken: int, clock: Clock | None, taken_clock: Clock | None
) -> np.ndarray:
    """Shares of the time steps that are averaged.

    A time step reaches half its distance to both sides. Where nothing
    overlaps, the nearest time step counts alone.

    Args:
        steps: number of time steps of the average.
        taken: number of time steps that are averaged.
        clock: of the average; None: unknown.
        taken_clock: of what is averaged. If a clock is unknown, every time
            step counts alike.

    Returns:
        float32 [steps, taken]; each row sums to 1.
    """
    if clock is None or taken_clock is None:
        return np.full((steps, taken), 1.0 / taken, "float32")
    centres = (clock[0] + clock[1] * np.arange(steps))[:, None]
    others = taken_clock[0] + taken_clock[1] * np.arange(taken)
    reach, other_reach = clock[1] / 2, taken_clock[1] / 2
    starts = np.maximum(centres - reach, others - other_reach)
    ends = np.minimum(centres + reach, others + other_reach)
    overlap = np.maximum(ends - starts, 0.0)
    overlap[overlap < 1e-6 * min(clock[1], taken_clock[1])] = 0.0
    alone = ~overlap.any(axis=1)
    nearest = np.abs(centres - others).argmin(axis=1)
    overlap[alone, nearest[alone]] = 1.0
    return np.float32(overlap / overlap.sum(axis=1, keepdims=True))


@keras.saving.register_keras_serializable("video_models")
class TimeAverage(keras.layers.Layer):
    """Averages the time steps that are there, by static weights."""

    def __init__(
        self,
        steps: int,
        clock: Clock | None = None,
        taken_clock: Clock | None = None,
        **kwargs: Any,
    ):
        """Configures the time steps; arguments as for `weights`."""
        super().__init__(**kwargs)
        self.steps, self.clock, self.taken_clock = steps, clock, taken_clock

    def call(self, inputs: Any, present: Any) -> tuple[Any, Any]:
        """Averages over time.

        Args:
            inputs: [B, t, C].
            present: [B, t], 0 for time steps to leave out.

        Returns:
            [B, steps, C], 0 where nothing was there; and the dtype's 1 or 0
            [B, steps], whether something was.
        """
        table = weights(
            self.steps, inputs.shape[1], self.clock, self.taken_clock
        )
        table = ops.convert_to_tensor(table, inputs.dtype)
        shares = table[None] * ops.expand_dims(present, 1)
        total = ops.sum(shares, axis=-1)
        mixed = ops.matmul(shares, inputs)
        mixed = mixed / ops.maximum(total, _SMALLEST)[..., None]
        return mixed, ops.cast(total > _SMALLEST, inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "steps": self.steps,
            "clock": self.clock,
            "taken_clock": self.taken_clock,
        }
