"""Memory and time of a training step with and without recomputed blocks.

python -m tests.benchmarks.recomputation_memory

Each case in a process of its own, in turn; memory is the peak of what the
process holds, above what it held before the first step. Prints a table.
"""

import resource
import statistics
import subprocess
import sys
import time

BATCH, STEPS = 2, 3
CASES = {
    "vit": ({"variant": "s"}, 16, 112),
    "r2plus1d": ({"width": 32}, 16, 112),
    "x3d": ({"variant": "s"}, 13, 160),
}


def main() -> None:
    """One row a network and mode."""
    print("| network, batch 2 | recomputed | peak, MB | step, ms |")
    print("|---|---|---|---|")
    for name, (settings, frames, size) in CASES.items():
        shown = ", ".join(str(value) for value in settings.values())
        for mode in ("none", "blocks"):
            command = [sys.executable, "-m", __spec__.name, name, mode]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            row = done.stdout.splitlines()[-1]
            print(f"| {name} {shown}, {frames}x{size}x{size} | {mode} | {row}")


def case(name: str, mode: str) -> str:
    """The numbers of one case, as the end of its row."""
    import keras
    import tensorflow as tf

    from launch.training import recomputation
    from pipelines import batch
    from tfrecords_tools.base import registry

    settings, frames, size = CASES[name]
    module = registry.load("video_models.backbones", name)
    clip = batch.ClipSpec(frames=frames, size=size)
    network = module.build(module.Config(**settings), clip)
    if mode == "blocks":
        recomputation.recompute_blocks(network)
    optimizer = keras.optimizers.SGD(0.0)
    optimizer.build(network.trainable_variables)
    weights = [variable.value for variable in network.trainable_variables]

    @tf.function
    def step(frames):
        with tf.GradientTape() as tape:
            outputs = network(frames, training=True)["volume"]
            loss = tf.reduce_mean(tf.square(outputs))
        gradients = tape.gradient(loss, weights, unconnected_gradients="zero")
        optimizer.apply(gradients, network.trainable_variables)
        return loss

    pixels = tf.random.stateless_uniform((BATCH, *clip.shape), (0, 1)) * 255
    before, seconds = _peak_mb(), []
    for _ in range(STEPS + 1):
        began = time.perf_counter()
        step(pixels).numpy()
        seconds.append(time.perf_counter() - began)
    middle = statistics.median(seconds[1:])
    return f"{_peak_mb() - before:.0f} | {1000 * middle:.0f} |"


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(case(*sys.argv[1:]))
    else:
        main()
