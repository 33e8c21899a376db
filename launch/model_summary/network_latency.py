"""Measures the latency of a network for one clip."""

import statistics
import time

import keras
import tensorflow as tf

_MAX_SECONDS = 20.0


def median_ms(network: keras.Model, repeats: int, xla: bool) -> float:
    """Median milliseconds of forward passes of one clip.

    Args:
        network: with weights; takes [B, T, H, W, 3].
        repeats: passes after the first, which is not counted; fewer if they
            take more than 20 seconds in total.
        xla: whether XLA compiles the network; otherwise a graph.
    """
    run = tf.function(
        lambda frames: network(frames, training=False), jit_compile=xla
    )
    frames = tf.random.uniform((1, *network.input.shape[1:]), maxval=255.0)
    _wait(run(frames))
    taken: list[float] = []
    while len(taken) < repeats and sum(taken) < _MAX_SECONDS:
        start = time.perf_counter()
        _wait(run(frames))
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)


def _wait(outputs: object) -> None:
    """Waits for the result: GPU calls return before they finish."""
    for each in keras.tree.flatten(outputs):
        each.numpy()
