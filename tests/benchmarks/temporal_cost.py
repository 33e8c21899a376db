"""Seconds that a temporal block takes for longer and longer clips.

python -m tests.benchmarks.temporal_cost

A block that looks only so far in time costs as much for each time step however
many there are; attention to all costs more and more. Forward pass, float32,
one clip of 128 features, the best of nine.
"""

import time

import numpy as np
import tensorflow as tf

from tests.benchmarks.measuring import tables
from video_models.temporal import attention, graph, tcn

FEATURES = (256, 512, 1024, 2048, 4096)
WINDOW = 16
BLOCKS = {
    "attention, all": (attention, attention.Config()),
    f"attention, window {WINDOW}": (
        attention,
        attention.Config(window=WINDOW),
    ),
    f"attention, causal, window {WINDOW}, relative": (
        attention,
        attention.Config(window=WINDOW, causal=True, positions="relative"),
    ),
    "tcn": (tcn, tcn.Config()),
    "graph convolution, reach 2": (graph, graph.Config(similar=0)),
    "graph attention, reach 2": (
        graph,
        graph.Config(layer="attention", similar=0),
    ),
    "graph convolution, 4 similar": (graph, graph.Config()),
}


def milliseconds(module, config, time_steps, features=128, times=9):
    """Of one forward pass, the best of several."""
    network = module.build(config, (time_steps, features))
    run = tf.function(lambda x: network(x, training=False))
    random = np.random.default_rng(0)
    inputs = tf.constant(
        random.normal(size=(1, time_steps, features)), "float32"
    )
    run(inputs)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        run(inputs).numpy()
        taken.append(time.perf_counter() - began)
    return 1000 * min(taken)


def main():
    """Prints a row a block, a column a length."""
    rows = [
        [name, *(f"{milliseconds(*block, m):.1f}" for m in FEATURES)]
        for name, block in BLOCKS.items()
    ]
    head = ["milliseconds for time steps", *map(str, FEATURES)]
    print(tables.versions("tensorflow", "keras"))
    print(tables.markdown(head, rows))


if __name__ == "__main__":
    main()
