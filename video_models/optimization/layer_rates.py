"""Layer-wise learning rates and kernel decay for Keras' optimizers.

Both are part of the update of each variable, so that they work with any
strategy and add nothing to checkpoints.
"""

from typing import Any

import keras

from video_models.introspection import keras_internals, layer_depth


class LayerRates:
    """Mixin, to be listed before one of Keras' optimizers.

    Weight decay is decoupled (arXiv:1711.05101): each step subtracts the
    fraction rate * decay of a kernel; biases, scales and offsets are excluded.
    Rates fall from the head to the pixels as in BEiT (arXiv:2106.08254), and
    so does the decay.
    """

    def __init__(
        self,
        *args: Any,
        kernel_decay: float = 0.0,
        layer_decay: float = 1.0,
        **kwargs: Any,
    ):
        """Configures decay and rates; other arguments are Keras'.

        Args:
            args: arguments of the optimizer.
            kernel_decay: weight decay of kernels, times the rate.
            layer_decay: rate of a group of layers relative to the next.
            kwargs: arguments of the optimizer.
        """
        super().__init__(*args, **kwargs)
        self._kernel_decay, self._layer_decay = kernel_decay, layer_decay
        self._scales: list[float] = []
        self._decays: list[bool] = []

    def build(self, variables: list[keras.Variable]) -> None:
        """Creates the slots; Keras calls it if there is a single rate."""
        if not self._scales:
            self._scales = [1.0] * len(variables)
        self._decays = [is_kernel(variable) for variable in variables]
        super().build(variables)

    def build_for(
        self, networks: list[keras.Model], variables: list[keras.Variable]
    ) -> None:
        """Creates the slots, with a rate per depth of the networks."""
        distances: dict[int, int] = {}
        for network in networks:
            distances |= layer_depth.distances(network)
        self._scales = [
            self._layer_decay ** distances[id(variable)]
            for variable in variables
        ]
        self.build(variables)

    def update_step(
        self, gradient: Any, variable: Any, learning_rate: Any
    ) -> None:
        """Updates a variable at its own rate; called by Keras."""
        index = keras_internals.variable_index(self, variable)
        if self._scales[index] != 1.0:
            learning_rate = learning_rate * self._scales[index]
        if self._kernel_decay and self._decays[index]:
            rate = keras.ops.cast(learning_rate, variable.dtype)
            share = keras.ops.cast(self._kernel_decay, variable.dtype)
            self.assign_sub(variable, variable * share * rate)
        super().update_step(gradient, variable, learning_rate)


class SGD(LayerRates, keras.optimizers.SGD):
    """Stochastic gradient descent, optionally with momentum."""


class Adagrad(LayerRates, keras.optimizers.Adagrad):
    """Adagrad, JMLR 12 (2011), p. 2121."""


class Adam(LayerRates, keras.optimizers.Adam):
    """Adam, arXiv:1412.6980; AdamW with kernel decay."""


class Lion(LayerRates, keras.optimizers.Lion):
    """Lion, arXiv:2302.06675."""


class Lamb(LayerRates, keras.optimizers.Lamb):
    """LAMB, arXiv:1904.00962: Adam with layer-wise scaled updates.

    Differs: the scaled update excludes the decay; vectors are scaled, too.
    """


class Muon(LayerRates, keras.optimizers.Muon):
    """Muon, arXiv:2502.16982: orthogonalised momentum.

    For matrices only; Adam for all other weights, such as convolutions, and
    for the last layer, `logits`.
    """


def is_kernel(variable: keras.Variable) -> bool:
    """Whether decay and penalties apply: not to biases, scales, offsets."""
    # Biases of Keras' attention are [heads, features]; position embeddings
    # are excluded as in the public code of Vision Transformers.
    spared = variable.name.endswith(("bias", "table"))
    return len(variable.shape) > 1 and not spared
