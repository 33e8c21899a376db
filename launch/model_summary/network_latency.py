"""Measures the latency of a network for one clip."""

import statistics
import time

import keras
import tensorflow as tf

_MAX_SECONDS = 20.0


def median_ms(network: keras.Model, repeats: int, xla: bool) -> float:
    """Median milliseconds of forward passes of one clip.

    Args:
        network: with weights; takes frames or entries of a batch.
        repeats: passes after the first, which is not counted; fewer if they
            take more than 20 seconds in total.
        xla: whether XLA compiles the network; otherwise a graph.
    """
    run = tf.function(
        lambda inputs: network(inputs, training=False), jit_compile=xla
    )
    inputs = keras.tree.map_structure(_random, network.input)
    _wait(run(inputs))
    taken: list[float] = []
    while len(taken) < repeats and sum(taken) < _MAX_SECONDS:
        start = time.perf_counter()
        _wait(run(inputs))
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)


def _random(given: keras.KerasTensor) -> tf.Tensor:
    shape = (1, *given.shape[1:])
    if given.dtype.startswith("int"):
        return tf.ones(shape, given.dtype)  # Tokens.
    return tf.random.uniform(shape, maxval=255.0)


def _wait(outputs: object) -> None:
    """Waits for the result: GPU calls return before they finish."""
    for each in keras.tree.flatten(outputs):
        each.numpy()
