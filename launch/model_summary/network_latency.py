"""Measures how long a network takes for one clip, with nothing else."""

import statistics
import time

import keras
import tensorflow as tf

_MOST_SECONDS = 20.0


def median_ms(network: keras.Model, repeats: int, xla: bool) -> float:
    """The median over forward passes of one clip, milliseconds.

    Args:
        network: with weights; takes [B, T, H, W, 3].
        repeats: passes after the first, which is not counted; fewer where
            they take more than 20 seconds together.
        xla: whether it is compiled by XLA, else run as a graph.
    """
    run = tf.function(
        lambda frames: network(frames, training=False), jit_compile=xla
    )
    frames = tf.random.uniform((1, *network.input.shape[1:]), maxval=255.0)
    _wait(run(frames))
    taken: list[float] = []
    while len(taken) < repeats and sum(taken) < _MOST_SECONDS:
        start = time.perf_counter()
        _wait(run(frames))
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)


def _wait(outputs: object) -> None:
    """A GPU answers before it has finished."""
    for each in keras.tree.flatten(outputs):
        each.numpy()
