"""Averaged copies of networks, used for evaluation and export.

Each step updates the copies: trainable weights by an exponential moving average
or, late in a run, by an equal-weight average (SWA, arXiv:1803.05407); other
variables are copied.
"""

import keras
import tensorflow as tf


class Averages:
    """Averaged copies of networks.

    Attributes:
        copies: network name to its averaged copy.
    """

    def __init__(
        self,
        networks: dict[str, keras.Model],
        decay: float,
        average_from: int | None = None,
        frozen: list[keras.Variable] | None = None,
    ):
        """Copies the weights; call it in the strategy's scope.

        Args:
            networks: name to network.
            decay: fraction of the average that a step keeps.
            average_from: step from which all steps have equal weight.
            frozen: variables that never change.
        """
        self._decay, self._average_from = decay, average_from
        self.copies = {name: _copy(each) for name, each in networks.items()}
        unmoved = {id(variable) for variable in frozen or ()}
        self._pairs = [
            (average, current)
            for name, network in networks.items()
            for average, current in zip(
                self.copies[name].variables, network.variables, strict=True
            )
            if id(current) not in unmoved
        ]

    def reset(self, networks: dict[str, keras.Model]) -> None:
        """Restarts the averages from the weights of `networks`."""
        for name, network in networks.items():
            self.copies[name].set_weights(network.get_weights())

    def update(self, step: tf.Tensor) -> None:
        """Updates the copies after `step`, int64 []; runs on each replica."""
        decay = self._decay_of(tf.cast(step, tf.float32))
        for average, current in self._pairs:
            if current.trainable:
                average.assign(current + decay * (average - current))
            else:
                average.assign(current)

    def _decay_of(self, step_count: tf.Tensor) -> tf.Tensor:
        # Small at first, so that early weights are soon forgotten.
        decay = tf.minimum(
            self._decay, (1.0 + step_count) / (10.0 + step_count)
        )
        if self._average_from is None:
            return decay
        before = step_count - float(self._average_from)
        evenly = before / (1.0 + before)
        return tf.where(before < 0.0, decay, tf.maximum(evenly, 0.0))


def _copy(network: keras.Model) -> keras.Model:
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    return copy
