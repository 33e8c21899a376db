"""Command: what a trained run loses as a TFLite model, in 32 and in 8 bits.

    python -m tests.benchmarks.tflite_accuracy --workdir=demo/run

Accuracy on the middle of every clip of a split, size of the model, median
time of one clip. 8 bits: weights and activations, the ranges of which are
taken from training clips.
"""

import dataclasses
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from launch.runs import restored_run
from pipelines import clip_dataset
from tests.benchmarks.measuring import tables
from tests.benchmarks.networks import tflite_models
from tfrecords_tools.base import errors, flags, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Which run, and how it is measured."""

    workdir: str = settings.setting("", "Folder of a trained run.")
    shards: str | None = settings.setting(
        None, "Other shards than those that the run was trained on."
    )
    split: str = settings.setting("validation", "Split to measure on.")
    calibration: int = settings.setting(
        100, "Training clips that tell the ranges of 8 bits.", minimum=1
    )
    threads: int = settings.setting(2, "Of the TFLite model.", minimum=1)
    json: bool = settings.setting(False, "A line of JSON beside the table.")


def run(resolved: flags.Resolved) -> None:
    """Prints a table of the three."""
    own = resolved.settings
    if not own.workdir:
        raise errors.UserError("--workdir is not given; see --help")
    trained = restored_run.load_run(own.workdir, own.shards)
    (network,) = trained.networks.values()
    known = [clip for clip, _ in _clips(trained, "train", own.calibration)]
    contents = {
        "TFLite, float32": tflite_models.convert(network),
        "TFLite, int8": tflite_models.convert(network, examples=known),
    }
    graph = tf.function(lambda clip: network(clip, training=False))
    predictors = {"Keras": lambda clip: graph(clip).numpy()}
    for name, content in contents.items():
        predictors[name] = tflite_models.predictor(content, own.threads)
    found = {
        name: _measure(predict, trained, own.split)
        for name, predict in predictors.items()
    }
    for name, content in contents.items():
        found[name]["megabytes"] = len(content) / 1e6
    found["Keras"]["megabytes"] = 4 * network.count_params() / 1e6
    print(_table(found))
    if own.json:
        print(json.dumps(found))


def _clips(
    trained: restored_run.RestoredRun, split: str, most: int | None = None
) -> Iterator[tuple[np.ndarray, int]]:
    """float32 [1, T, H, W, 3] and label, of the clips that have one."""
    wanted = trained.experiment.input.without_cache
    reader = clip_dataset.open_split(trained.experiment.shards, split, wanted)
    batch_shard = clip_dataset.BatchShard(8)
    data = clip_dataset.evaluation(reader, wanted, batch_shard)
    pairs = (
        (np.float32(frames), int(label))
        for part in data.as_numpy_iterator()
        for frames, label, mask in zip(
            part["frames"], part["label"], part["mask"], strict=True
        )
        if mask and label >= 0
    )
    return itertools.islice(pairs, most)


def _measure(
    predict: Callable[[np.ndarray], np.ndarray],
    trained: restored_run.RestoredRun,
    split: str,
) -> dict[str, Any]:
    right, seconds = [], []
    for clip, label in _clips(trained, split):
        start = time.perf_counter()
        logits = predict(clip)
        seconds.append(time.perf_counter() - start)
        right.append(int(np.argmax(logits[0])) == label)
    return {
        "accuracy": float(np.mean(right)),
        "clips": len(right),
        "milliseconds": 1000 * statistics.median(seconds),
    }


def _table(found: dict[str, dict[str, Any]]) -> str:
    rows = [
        [
            name,
            f"{made['accuracy']:.4f}",
            f"{made['accuracy'] - found['Keras']['accuracy']:+.4f}",
            f"{made['milliseconds']:.1f}",
            f"{made['megabytes']:.1f}",
        ]
        for name, made in found.items()
    ]
    clips = found["Keras"]["clips"]
    head = [f"{clips} clips", "accuracy", "lost or won", "ms a clip", "MB"]
    return tables.markdown(head, rows)


COMMAND = flags.Command(
    summary="Measures what a TFLite model of a run loses.", settings=Config
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
