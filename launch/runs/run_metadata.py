"""What a checkpoint remembers of its run, and whether one may go on from it."""

import hashlib
from typing import Any

from launch.runs import label_checks
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors
from video_models import objective
from video_models.weights import recorded_metadata


def gather(
    task: objective.Task,
    manifest: manifests.Manifest,
    batch_size: int,
    numerics: dict[str, Any],
) -> dict[str, Any]:
    """The metadata of a run, plain JSON values.

    Args:
        task: what the shards ask of a model.
        manifest: of the training shards.
        batch_size: of the global batch.
        numerics: what decides the last bits, see `devices.numerics`.
    """
    sums = [shard.sha256 for shard in manifest.shards("train")]
    return {
        "format_version": recorded_metadata.FORMAT_VERSION,
        "labels": list(task.labels),
        "label_counts": list(task.label_counts),
        "several_labels": task.several_labels,
        "tasks": {
            name: {"labels": list(each.labels), "several": each.several}
            for name, each in task.tasks.items()
        },
        "clips": task.clips,
        "media": manifest.settings.get("media"),
        "batch_size": batch_size,
        # Tells one set of training shards from any other.
        "training_data": hashlib.sha256("".join(sums).encode()).hexdigest(),
        "numerics": numerics,
    }


def check(
    then: dict[str, Any], now: dict[str, Any], shards: str, workdir: Any
) -> None:
    """Refuses what does not fit, and says what changes the last bits.

    Args:
        then: the metadata of the checkpoint.
        now: those of this start.
        shards: folder of the shards, for messages.
        workdir: folder of the run, for messages.

    Raises:
        UserError: other labels, batch size or training clips.
    """
    both = tuple(then["labels"]), tuple(now["labels"])
    label_checks.check_labels(*both, shards)
    for name, before in then.get("tasks", {}).items():
        found = now["tasks"].get(name, {"labels": ()})
        labels = tuple(before["labels"]), tuple(found["labels"])
        label_checks.check_labels(*labels, f"label.{name} of {shards}")
    if then["batch_size"] != now["batch_size"]:
        raise errors.UserError(
            f"--train.batch_size={now['batch_size']}, but {workdir} was begun "
            f"with {then['batch_size']}: use that, or another --workdir"
        )
    if then["training_data"] != now["training_data"]:
        raise errors.UserError(
            f"{shards} holds other training clips than {workdir} was begun "
            "with: use those shards, or another --workdir"
        )
    old, new = then["numerics"], now["numerics"]
    changed = [name for name in new if new[name] != old.get(name)]
    if changed:
        print(
            "note: the run goes on, but not to the bit as it would have: "
            + ", ".join(f"{k} {old.get(k)} -> {new[k]}" for k in changed)
        )


def check_reference(
    then: dict[str, Any], now: dict[str, Any], workdir: Any
) -> None:
    """Raises UserError where features are compared with other ones now.

    Args:
        then: the metadata of the checkpoint.
        now: those of this start, with the `reference_fingerprint` of the
            objective.
        workdir: folder of the run, for messages.
    """
    current = now["reference_fingerprint"]
    if then.get("reference_fingerprint", current) != current:
        raise errors.UserError(
            f"{workdir} was begun with another style, or with --features of "
            "other weights: that picture or run has changed since. Use what "
            "it was, or another --workdir"
        )
