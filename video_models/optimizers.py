"""Keras' optimizers behind one set of flags, and penalties on weights."""

import dataclasses
from typing import Any

import keras

from tfrecords_tools.base import errors, settings

_WEIGHT_DECAY = 0.01


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of an optimizer; each name uses those that it knows."""

    name: str = settings.setting(
        "adamw",
        "Rule of the update.",
        choices=("sgd", "momentum", "adagrad", "adam", "adamw"),
    )
    momentum: float = settings.setting(
        0.9, "Share of the last update kept, for momentum.", minimum=0.0
    )
    beta_1: float = settings.setting(
        0.9, "Decay of the mean gradient, for adam and adamw.", minimum=0.0
    )
    beta_2: float = settings.setting(
        0.999, "Decay of the mean square, for adam and adamw.", minimum=0.0
    )
    epsilon: float = settings.setting(
        1e-7, "Smallest divisor, for adagrad, adam and adamw.", minimum=0.0
    )
    weight_decay: float | None = settings.setting(
        None,
        "Share of a kernel taken away each step, times the learning rate; "
        f"for adamw only; not given: {_WEIGHT_DECAY}.",
        minimum=0.0,
    )
    l1: float = settings.setting(
        0.0, "Penalty on the size of kernels, sum of |w|.", minimum=0.0
    )
    l2: float = settings.setting(
        0.0, "Penalty on the square of kernels, half sum of w^2.", minimum=0.0
    )


class _DecayKernelsOnly(keras.optimizers.AdamW):
    """AdamW (arXiv:1711.05101) that leaves biases and scales alone."""

    def build(self, variables: list[keras.Variable]) -> None:
        """Creates the slots; called by Keras, or by us, before a step."""
        spared = [each for each in variables if not is_kernel(each)]
        self.exclude_from_weight_decay(var_list=spared)
        super().build(variables)


def build(
    config: Config,
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule,
) -> keras.optimizers.Optimizer:
    """The optimizer; `l1` and `l2` are for `penalty_gradients`.

    Raises:
        UserError: a weight decay for another optimizer than adamw.
    """
    if config.weight_decay and config.name != "adamw":
        raise errors.UserError(
            f"--optimizer.weight_decay={config.weight_decay} with "
            f"--optimizer.name={config.name}: wanted adamw, the only one that "
            "decays weights; choose it, or set --optimizer.weight_decay=0 "
            "and, for a penalty, --optimizer.l2"
        )
    decay = config.weight_decay
    o = keras.optimizers
    adam = {
        "beta_1": config.beta_1,
        "beta_2": config.beta_2,
        "epsilon": config.epsilon,
    }
    if config.name == "sgd":
        return o.SGD(learning_rate)
    if config.name == "momentum":
        return o.SGD(learning_rate, momentum=config.momentum)
    if config.name == "adagrad":
        return o.Adagrad(learning_rate, epsilon=config.epsilon)
    if config.name == "adam":
        return o.Adam(learning_rate, **adam)
    return _DecayKernelsOnly(
        learning_rate,
        weight_decay=_WEIGHT_DECAY if decay is None else decay,
        name="adamw",
        **adam,
    )


def penalty_gradients(
    config: Config, gradients: list[Any], variables: list[keras.Variable]
) -> list[Any]:
    """Adds the gradients of the penalties to those of kernels.

    Called after gradients are summed over replicas, so that no replica adds
    the penalty again.

    Args:
        config: `l1` and `l2`.
        gradients: one a variable; None where there is none.
        variables: what the gradients belong to.

    Returns:
        gradients + l1 * sign(w) + l2 * w.
    """
    if not config.l1 and not config.l2:
        return gradients
    return [
        _with_penalty(config, gradient, variable)
        if gradient is not None and is_kernel(variable)
        else gradient
        for gradient, variable in zip(gradients, variables, strict=True)
    ]


def is_kernel(variable: keras.Variable) -> bool:
    """Whether a penalty is due: not for biases, scales and offsets."""
    # The biases of Keras' attention are [heads, features].
    return len(variable.shape) > 1 and variable.name != "bias"


def _with_penalty(config: Config, gradient: Any, variable: Any) -> Any:
    weights = keras.ops.cast(
        keras.ops.convert_to_tensor(variable), gradient.dtype
    )
    penalty = config.l1 * keras.ops.sign(weights) + config.l2 * weights
    return gradient + penalty
