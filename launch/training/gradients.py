"""Forward and backward passes of one player, compiled if XLA is on."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from video_models import objective as objectives
from video_models.layers import randomness

_COUNTED = "counted/"  # Prefix: clips that count for a hit rate.
Gradients = tuple[list[tf.Tensor], dict[str, tf.Tensor]]


def build_gradient_function(
    objective: objectives.Objective,
    player: str,
    variables: list[Any],
    batch_size: int,
    accumulation_steps: int = 1,
    xla: bool = False,
) -> Callable[[dict, tf.Tensor, tf.Tensor, tf.Tensor], Gradients]:
    """Builds the function for one replica's gradients of a step.

    Args:
        objective: defines the losses.
        player: name of the player.
        variables: of the player's networks.
        batch_size: of the global batch; every example weighs 1 / batch_size.
        accumulation_steps: micro-batches per replica batch.
        xla: whether to compile. A loss that gathers across replicas cannot
            be compiled; the forward pass before it can.

    Returns:
        (batch of the replica, seed int64 [2], step int64 [], replica
        int32 []) -> gradients and {loss name: float32 []}, to be summed over
        replicas and given to `with_hit_rates`.
    """
    whole = xla and not objective.needs_gather
    forward = objective.forward
    if xla and not whole:
        forward = tf.function(forward, jit_compile=True, autograph=False)
    weights = [variable.value for variable in variables]

    def compute(batch, seed, step, replica) -> Gradients:
        # Cast here: compiled, and gradients reach the pixels.
        if "frames" in batch:
            frames = tf.cast(batch["frames"], tf.float32)
            batch = {**batch, "frames": frames}
        # Around the gradient too: recomputed blocks draw again.
        with randomness.replica(replica):
            with tf.GradientTape() as tape:
                outputs = forward(player, batch, seed, step)
                losses = objective.losses(player, batch, outputs, step)
                means = {
                    name: tf.reduce_sum(values * batch["mask"]) / batch_size
                    for name, values in losses.items()
                }
                learnt = [
                    mean
                    for name, mean in means.items()
                    if name not in objective.only_logged
                ]
                total = tf.add_n(learnt)
            hits = _hits(objective, player, batch, outputs, batch_size)
            gradients = tape.gradient(
                total, weights, unconnected_gradients="zero"
            )
        several = means if len(means) > 1 else {}
        return gradients, {"loss": total, **several, **hits}

    if whole:
        compute = tf.function(compute, jit_compile=True, autograph=False)
    if accumulation_steps == 1:
        return compute
    return _accumulated(compute, accumulation_steps)


def with_hit_rates(values: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """The summed losses of a step, with hits per clip that counts."""
    rates = {
        name: tf.math.divide_no_nan(value, values[_COUNTED + name])
        if _COUNTED + name in values
        else value
        for name, value in values.items()
    }
    return {k: v for k, v in rates.items() if not k.startswith(_COUNTED)}


def _hits(
    objective: objectives.Objective,
    player: str,
    batch: dict,
    outputs: Any,
    batch_size: int,
) -> dict[str, tf.Tensor]:
    """Hits, and clips that count, as sums that add up over replicas."""
    sums = {}
    for name, pair in objective.hits(player, batch, outputs).items():
        for key, values in zip((name, _COUNTED + name), pair, strict=True):
            sums[key] = tf.reduce_sum(values * batch["mask"]) / batch_size
    return sums


def _accumulated(compute: Callable, steps: int) -> Callable:
    """Gradient accumulation: the sum over equal micro-batches."""

    def accumulate(batch, seed, step, replica) -> Gradients:
        slices = {name: tf.split(v, steps) for name, v in batch.items()}
        sums: Any = []
        for number in range(steps):
            # Otherwise all run at once and no memory is saved.
            with tf.control_dependencies(tf.nest.flatten(sums)):
                micro = {n: tf.identity(v[number]) for n, v in slices.items()}
            micro_seed = tf.random.experimental.stateless_fold_in(seed, number)
            gradients = compute(micro, micro_seed, step, replica)
            if number:
                gradients = tf.nest.map_structure(tf.add, sums, gradients)
            sums = gradients
        return sums

    return accumulate
