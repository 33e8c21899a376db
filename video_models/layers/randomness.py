"""Random layers whose state is saved and whose draws differ per replica.

All our random layers use `SeedGenerator`. Its state is equal on all replicas,
so that it is saved once; the replica number is mixed into the drawn seed only.
"""

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any

import keras

_REPLICA = contextvars.ContextVar("replica", default=0)
_SALT = 1_000_003  # A prime: neighbouring seeds and replicas never collide.


@contextlib.contextmanager
def replica(number: Any) -> Iterator[None]:
    """Layers called in this context draw for replica `number`, int or int32
    []."""
    token = _REPLICA.set(number)
    try:
        yield
    finally:
        _REPLICA.reset(token)


class SeedGenerator(keras.random.SeedGenerator):
    """A Keras seed generator whose draws depend on the current replica."""

    def next(self, ordered: bool = True) -> Any:
        """The next seed, integer [2], unlike that of any other replica."""
        seed = super().next(ordered)
        number = keras.ops.cast(_REPLICA.get(), seed.dtype)
        zero = keras.ops.zeros_like(number)
        return seed + keras.ops.stack([number * _SALT, zero])


@keras.saving.register_keras_serializable("video_models")
class Dropout(keras.layers.Layer):
    """Sets a share of the values to 0 in training, and scales up the rest.

    Source: arXiv:1207.0580. Differs from `keras.layers.Dropout` only in the
    seed generator, which that layer does not let one choose.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        """`rate` is the share dropped, in [0, 1)."""
        super().__init__(**kwargs)
        self.rate, self.seed = rate, seed
        self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Same shape and dtype as `inputs`."""
        if not training or not self.rate:
            return inputs
        return keras.random.dropout(inputs, self.rate, seed=self.seed_generator)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape, so that Keras need not trace the call."""
        return input_shape

    def save_own_variables(self, store: Any) -> None:
        """Keras itself leaves the state of seed generators out of files."""
        store["seed_state"] = self.seed_generator.state

    def load_own_variables(self, store: Any) -> None:
        """The inverse of `save_own_variables`."""
        self.seed_generator.state.assign(store["seed_state"])

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        own = {"rate": self.rate, "seed": self.seed}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("video_models")
class StochasticDepth(Dropout):
    """Sets whole examples to 0 in training, and scales up the rest.

    Use it on a residual branch, so that the block is skipped for those clips.
    Source: arXiv:1603.09382.
    """

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Same shape and dtype as `inputs`, [B, ...]."""
        if not training or not self.rate:
            return inputs
        one_each = (slice(0, 1),) * (len(inputs.shape) - 1)
        ones = keras.ops.ones_like(inputs[(slice(None), *one_each)])
        return inputs * keras.random.dropout(
            ones, self.rate, seed=self.seed_generator
        )
