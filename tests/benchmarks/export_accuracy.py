"""Command: what a trained run loses in each form that can serve it.

    python -m tests.benchmarks.export_accuracy --workdir=demo/run

Accuracy on the centre of every clip of a split, as `launch.evaluate
--evaluate.crops=1`; the largest difference of a score from the run's own;
median time of one clip, pixels to scores; size of the files.
"""

import dataclasses
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from launch.runs import restored_run
from pipelines import clip_dataset
from tests.benchmarks.measuring import tables
from tests.benchmarks.networks import exported_forms
from tfrecords_tools import label_balance
from tfrecords_tools.base import errors, flags, settings

_OWN = "as trained"


@dataclasses.dataclass(frozen=True)
class Config:
    """Which run, and how it is measured."""

    workdir: str = settings.setting("", "Folder of a trained run.")
    shards: str | None = settings.setting(
        None, "Other shards than those that the run was trained on."
    )
    split: str = settings.setting("validation", "Split to measure on.")
    forms: tuple[str, ...] = settings.setting(
        tuple(exported_forms.FORMS), "Forms, with commas between."
    )
    calibration: int = settings.setting(
        100, "Training clips that tell the ranges of 8 bits.", minimum=1
    )
    threads: int = settings.setting(2, "Of the TFLite model.", minimum=1)
    json: bool = settings.setting(False, "A line of JSON beside the table.")


COMMAND = flags.Command(
    summary="Measures what a run loses in each form that serves it.",
    settings=Config,
    required=("workdir",),
)


def run(resolved: flags.Resolved) -> None:
    """Prints a table of the forms."""
    own = resolved.settings
    if unknown := set(own.forms) - exported_forms.FORMS.keys():
        raise errors.UserError(
            f"--forms={','.join(unknown)}: wanted some of "
            f"{', '.join(exported_forms.FORMS)}"
        )
    trained = restored_run.load_run(own.workdir, own.shards)
    if list(trained.networks) != ["classifier"]:
        raise errors.UserError(f"{own.workdir} is no classifier: wanted one")
    known = [clip for clip, _ in _clips(trained, "train", own.calibration)]
    clips = list(_clips(trained, own.split))
    labels = np.array([label for _, label in clips])
    made = {_OWN: exported_forms.as_trained(trained)}
    for name in own.forms:
        with tempfile.TemporaryDirectory() as folder:
            source = exported_forms.Source(
                trained, own.workdir, known, folder, own.threads
            )
            made[name] = exported_forms.FORMS[name](source)
    found = _measure(made, [clip for clip, _ in clips], labels)
    print(_table(found))
    print(tables.versions("tensorflow", "keras"))
    if own.json:
        print(json.dumps(found))


def _clips(
    trained: restored_run.RestoredRun, split: str, most: int | None = None
) -> Iterator[tuple[np.ndarray, int]]:
    """uint8 [1, T, H, W, 3] and label, of the clips that have one."""
    wanted = trained.experiment.input.without_cache
    reader = clip_dataset.open_split(trained.experiment.shards, split, wanted)
    batch_shard = clip_dataset.BatchShard(8)
    data = clip_dataset.evaluation(reader, wanted, batch_shard)
    pairs = (
        (frames, int(label))
        for part in data.as_numpy_iterator()
        for frames, label, mask in zip(
            part["frames"], part["label"], part["mask"], strict=True
        )
        if mask and label >= 0
    )
    return itertools.islice(pairs, most)


def _measure(
    made: dict[str, exported_forms.Form],
    clips: list[np.ndarray],
    labels: np.ndarray,
) -> dict[str, dict[str, Any]]:
    """Each form's accuracy and, with all of them in turn, its time."""
    scores = {
        name: np.concatenate([form.scores(clip) for clip in clips])
        for name, form in made.items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in made}
    for clip in clips:
        for name, form in made.items():
            form.compute(clip)  # Fills the caches after another's turn.
            start = time.perf_counter()
            form.compute(clip)
            seconds[name].append(time.perf_counter() - start)
    return {
        name: {
            **_compared(scores[name], scores[_OWN], labels),
            "milliseconds": 1000 * statistics.median(seconds[name]),
            "megabytes": form.megabytes,
        }
        for name, form in made.items()
    }


def _compared(
    scores: np.ndarray, wanted: np.ndarray, labels: np.ndarray
) -> dict[str, Any]:
    answers = scores.argmax(-1)
    accuracy = float(np.mean(answers == labels))
    return {
        "clips": len(labels),
        "difference": float(np.abs(scores - wanted).max()),
        "changed": int(np.sum(answers != wanted.argmax(-1))),
        "accuracy": accuracy,
        "interval": label_balance.wilson(accuracy, len(labels)),
    }


def _table(found: dict[str, dict[str, Any]]) -> str:
    rows = [
        [
            name,
            f"{each['difference']:.2g}",
            str(each["changed"]),
            "{:.3f} ({:.2f} to {:.2f})".format(
                each["accuracy"], *each["interval"]
            ),
            f"{each['milliseconds']:.1f}",
            f"{each['megabytes']:.1f}",
        ]
        for name, each in found.items()
    ]
    clips = found[_OWN]["clips"]
    head = [f"{clips} clips", "scores differ by", "other labels", "accuracy"]
    return tables.markdown([*head, "ms a clip", "MB"], rows)


if __name__ == "__main__":
    flags.main(COMMAND, run)
