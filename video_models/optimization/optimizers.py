"""Keras' optimizers with one set of flags, and weight penalties."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import keras

from tfrecords_tools.base import errors, settings
from video_models.optimization import layer_rates

_WEIGHT_DECAY = 0.01
_DECAYING = ("adamw", "lion", "lamb", "muon")


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of an optimizer; each uses those that apply to it."""

    name: str = settings.setting(
        "adamw",
        "Optimizer. muon updates matrices and uses adamw for all other "
        "weights. Keras has no LARS; lamb is its successor.",
        choices=("sgd", "momentum", "adagrad", "adam", *_DECAYING),
    )
    momentum: float = settings.setting(
        0.9,
        "Momentum, for momentum and muon (its paper: 0.95).",
        minimum=0.0,
    )
    beta_1: float = settings.setting(
        0.9,
        "Decay of the first moment; not for sgd, momentum and adagrad.",
        minimum=0.0,
    )
    beta_2: float = settings.setting(
        0.999,
        "Decay of the second moment, likewise; of the momentum for lion "
        "(its paper: 0.99).",
        minimum=0.0,
    )
    epsilon: float = settings.setting(
        1e-7,
        "Epsilon of the divisor; not for sgd, momentum and lion.",
        minimum=0.0,
    )
    weight_decay: float | None = settings.setting(
        None,
        "Decoupled weight decay of kernels, per step and times the learning "
        f"rate; for {', '.join(_DECAYING)} only; unset: {_WEIGHT_DECAY}.",
        minimum=0.0,
    )
    layer_decay: float = settings.setting(
        1.0,
        "Layer-wise learning-rate decay: rate of each block of layers as a "
        "fraction of the next block's; the head has the full rate. 1: no "
        "decay.",
        minimum=0.0,
        maximum=1.0,
    )
    l1: float = settings.setting(
        0.0, "L1 penalty on kernels, sum of |w|.", minimum=0.0
    )
    l2: float = settings.setting(
        0.0, "L2 penalty on kernels, half the sum of w^2.", minimum=0.0
    )


def build(
    config: Config,
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule,
) -> keras.optimizers.Optimizer:
    """Builds the optimizer; `l1` and `l2` are for `penalty_gradients`.

    Raises:
        UserError: the optimizer has no weight decay, or a beta is invalid.
    """
    _check(config)
    decay = config.weight_decay
    if decay is None:
        decay = _WEIGHT_DECAY if config.name in _DECAYING else 0.0
    return _MAKE[config.name](
        config,
        learning_rate=learning_rate,
        name=config.name,
        kernel_decay=decay,
        layer_decay=config.layer_decay,
    )


def build_slots(
    optimizer: keras.optimizers.Optimizer,
    networks: list[keras.Model],
    variables: list[keras.Variable],
) -> None:
    """Creates the state of an optimizer, ours or Keras'.

    Args:
        optimizer: result of `build`.
        networks: networks of the variables, which define their depth.
        variables: variables to train.
    """
    if isinstance(optimizer, layer_rates.LayerRates):
        optimizer.build_for(networks, variables)
    else:
        optimizer.build(variables)


def penalty_gradients(
    config: Config, gradients: list[Any], variables: list[keras.Variable]
) -> list[Any]:
    """Adds the gradients of the penalties to those of kernels.

    Call it after gradients are summed over replicas, so that the penalty is
    added once.

    Args:
        config: `l1` and `l2`.
        gradients: one per variable; may be None.
        variables: variables of the gradients.

    Returns:
        gradients + l1 * sign(w) + l2 * w.
    """
    if not config.l1 and not config.l2:
        return gradients
    return [
        _with_penalty(config, gradient, variable)
        if gradient is not None and layer_rates.is_kernel(variable)
        else gradient
        for gradient, variable in zip(gradients, variables, strict=True)
    ]


# Before 3.13, Keras' Muon does not work on TensorFlow.
HAS_MUON = (
    "adam_weight_decay"
    in inspect.signature(keras.optimizers.Muon.__init__).parameters
)


def _check(config: Config) -> None:
    if config.name == "muon" and not HAS_MUON:
        raise errors.UserError(
            f"--optimizer.name=muon with Keras {keras.__version__}: wanted "
            "3.13 or later, which needs Python 3.11; or choose adamw"
        )
    if config.weight_decay and config.name not in _DECAYING:
        wanted = f"{', '.join(_DECAYING[:-1])} or {_DECAYING[-1]}"
        raise errors.UserError(
            f"--optimizer.weight_decay={config.weight_decay} with "
            f"--optimizer.name={config.name}: wanted {wanted}, which decay "
            "weights; choose one, or set --optimizer.weight_decay=0 and, for "
            "a penalty, --optimizer.l2"
        )
    if config.name == "lion" and not config.beta_1:
        raise errors.UserError(
            "--optimizer.beta_1=0 with --optimizer.name=lion: wanted more "
            "than 0, else nothing but the sign of the last gradient is left"
        )


def _with_penalty(config: Config, gradient: Any, variable: Any) -> Any:
    weights = keras.ops.cast(
        keras.ops.convert_to_tensor(variable), gradient.dtype
    )
    penalty = config.l1 * keras.ops.sign(weights) + config.l2 * weights
    return gradient + penalty


def _betas(config: Config) -> dict[str, float]:
    return {"beta_1": config.beta_1, "beta_2": config.beta_2}


def _adam(config: Config, kind: type = layer_rates.Adam, **common: Any) -> Any:
    return kind(epsilon=config.epsilon, **_betas(config), **common)


def _muon(config: Config, **common: Any) -> layer_rates.Muon:
    return layer_rates.Muon(
        adam_beta_1=config.beta_1,
        adam_beta_2=config.beta_2,
        epsilon=config.epsilon,
        momentum=config.momentum,
        weight_decay=None,
        adam_weight_decay=None,
        exclude_layers=["logits"],
        **common,
    )


_MAKE: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "sgd": lambda config, **common: layer_rates.SGD(**common),
    "momentum": lambda config, **common: layer_rates.SGD(
        momentum=config.momentum, **common
    ),
    "adagrad": lambda config, **common: layer_rates.Adagrad(
        epsilon=config.epsilon, **common
    ),
    "adam": _adam,
    "adamw": _adam,
    "lion": lambda config, **common: layer_rates.Lion(
        **_betas(config), **common
    ),
    "lamb": lambda config, **common: _adam(config, layer_rates.Lamb, **common),
    "muon": _muon,
}
