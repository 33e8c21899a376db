"""Gives Keras' optimizers a rate for each layer, and decay of kernels alone.

Both take part in the update of each variable, so they hold on any strategy
and add nothing to the state that a checkpoint keeps.
"""

from typing import Any

import keras

from video_models.introspection import keras_internals, layer_depth


class LayerRates:
    """Goes before one of Keras' optimizers among the bases of a class.

    Weight decay is decoupled (arXiv:1711.05101): each step takes the share
    rate * decay off a kernel; biases, scales and offsets are spared. Rates
    fall from the head to the pixels as in BEiT (arXiv:2106.08254), and the
    decay, being a part of the update, with them.
    """

    def __init__(
        self,
        *args: Any,
        kernel_decay: float = 0.0,
        layer_decay: float = 1.0,
        **kwargs: Any,
    ):
        """Settings of its own; the rest is for Keras' optimizer.

        Args:
            args: of the optimizer.
            kernel_decay: share of a kernel, times the rate, that a step
                takes away.
            layer_decay: the rate of a group of layers over that of the next.
            kwargs: of the optimizer.
        """
        super().__init__(*args, **kwargs)
        self._kernel_decay, self._layer_decay = kernel_decay, layer_decay
        self._scales: list[float] = []
        self._decays: list[bool] = []

    def build(self, variables: list[keras.Variable]) -> None:
        """Creates the slots; called by Keras for one rate, else by us."""
        if not self._scales:
            self._scales = [1.0] * len(variables)
        self._decays = [is_kernel(variable) for variable in variables]
        super().build(variables)

    def build_for(
        self, networks: list[keras.Model], variables: list[keras.Variable]
    ) -> None:
        """Creates the slots, with a rate for each depth of the networks."""
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
        """One variable's update at its own rate; called by Keras."""
        index = keras_internals.variable_index(self, variable)
        if self._scales[index] != 1.0:
            learning_rate = learning_rate * self._scales[index]
        if self._kernel_decay and self._decays[index]:
            rate = keras.ops.cast(learning_rate, variable.dtype)
            share = keras.ops.cast(self._kernel_decay, variable.dtype)
            self.assign_sub(variable, variable * share * rate)
        super().update_step(gradient, variable, learning_rate)


class SGD(LayerRates, keras.optimizers.SGD):
    """Stochastic gradient descent, with momentum where it is asked for."""


class Adagrad(LayerRates, keras.optimizers.Adagrad):
    """Adagrad, JMLR 12 (2011), p. 2121."""


class Adam(LayerRates, keras.optimizers.Adam):
    """Adam, arXiv:1412.6980; AdamW where kernels decay."""


class Lion(LayerRates, keras.optimizers.Lion):
    """Lion, arXiv:2302.06675: the sign of a momentum."""


class Lamb(LayerRates, keras.optimizers.Lamb):
    """LAMB, arXiv:1904.00962: Adam, each update as long as its weights.

    Differs: the decay is no part of the update that is so stretched, and
    vectors are stretched too.
    """


class Muon(LayerRates, keras.optimizers.Muon):
    """Muon, arXiv:2502.16982: the orthogonal part of a momentum.

    For matrices; Adam for everything else, such as convolutions, and for the
    last layer, `logits`.
    """


def is_kernel(variable: keras.Variable) -> bool:
    """Whether decay or a penalty is due: not for biases, scales, offsets."""
    # The biases of Keras' attention are [heads, features]; learnt places are
    # spared as in the public code of Vision Transformers.
    spared = variable.name.endswith(("bias", "table"))
    return len(variable.shape) > 1 and not spared
