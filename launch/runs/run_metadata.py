"""Metadata of a run in its checkpoints, and checks before resuming."""

import hashlib
from typing import Any

from launch.runs import label_checks
from pipelines import batch
from pipelines.reading import folds
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors, settings
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
        task: defined by the shards.
        manifest: of the training shards.
        batch_size: of the global batch.
        numerics: settings that affect the last bits, see `devices.numerics`.
    """
    sums = [shard.sha256 for shard in manifest.shards("train")]
    sums += manifest.settings.get(folds.SECTION, {}).values()
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
        **_audio_and_text(task, manifest),
        "media": manifest.settings.get("media"),
        "batch_size": batch_size,
        # Identifies the training shards.
        "training_data": hashlib.sha256("".join(sums).encode()).hexdigest(),
        "numerics": numerics,
    }


def _audio_and_text(
    task: objective.Task, manifest: manifests.Manifest
) -> dict[str, Any]:
    """What the batches hold of audio and text; nothing for frames alone."""
    found: dict[str, Any] = {}
    if task.audio is not None:
        found["audio"] = settings.to_dict(task.audio)
        found["audio_media"] = manifest.settings.get("sound")
    if task.text is not None:
        found["text"] = settings.to_dict(task.text)
    return found


def check(
    then: dict[str, Any], now: dict[str, Any], shards: str, workdir: Any
) -> None:
    """Refuses incompatible metadata; prints changes that affect bits.

    Args:
        then: metadata of the checkpoint.
        now: metadata of this start.
        shards: folder of the shards, for messages.
        workdir: folder of the run, for messages.

    Raises:
        UserError: other labels, audio, vocabulary, batch size or training
            clips.
    """
    check_entries(_entries(then), _entries(now), shards)
    both = tuple(then["labels"]), tuple(now["labels"])
    label_checks.check_labels(*both, shards)
    for name, before in then.get("tasks", {}).items():
        task = now["tasks"].get(name, {"labels": ()})
        labels = tuple(before["labels"]), tuple(task["labels"])
        label_checks.check_labels(*labels, f"label.{name} of {shards}")
    if then["batch_size"] != now["batch_size"]:
        raise errors.UserError(
            f"--train.batch_size={now['batch_size']}, but {workdir} was "
            f"started with {then['batch_size']}: use that, or another --workdir"
        )
    if then["training_data"] != now["training_data"]:
        raise errors.UserError(
            f"{shards} holds other training clips than {workdir} was started "
            "with: use those shards, or another --workdir"
        )
    old, new = then["numerics"], now["numerics"]
    changed = [name for name in new if new[name] != old.get(name)]
    if changed:
        print(
            "note: the run resumes, but not bit-identically: "
            + ", ".join(f"{k} {old.get(k)} -> {new[k]}" for k in changed)
        )


def _entries(metadata: dict[str, Any]) -> objective.Task:
    """A task with the audio and text of some metadata, and nothing else."""
    return objective.Task(
        batch.ClipSpec(),
        (),
        audio=recorded_metadata.audio(metadata),
        text=recorded_metadata.text(metadata),
    )


def check_entries(
    then: objective.Task, now: objective.Task, shards: str
) -> None:
    """Checks that shards give the audio and text that a run was trained on.

    Args:
        then: task of the run.
        now: task that the shards define.
        shards: their folder, for messages.

    Raises:
        UserError: audio of another rate or length, or another vocabulary.
    """
    if then.audio is not None and then.audio != now.audio:
        raise errors.UserError(
            f"{shards} gives audio of {now.audio.rate} samples per second, "
            f"{now.audio.samples} a clip; the model was trained on "
            f"{then.audio.rate}, {then.audio.samples} a clip: use shards built "
            f"with --audio.rate={then.audio.rate}"
        )
    if then.text is not None and then.text != now.text:
        raise errors.UserError(
            f"{shards} has a vocabulary of {len(now.text.words)} entries that "
            f"is not that of the model, {len(then.text.words)} entries: use "
            "the shards that it was trained on, or a split of them"
        )


def check_reference(
    then: dict[str, Any], now: dict[str, Any], workdir: Any
) -> None:
    """Raises UserError if the reference network or style has changed.

    Args:
        then: metadata of the checkpoint.
        now: metadata of this start, with the `reference_fingerprint` of the
            objective.
        workdir: folder of the run, for messages.
    """
    current = now["reference_fingerprint"]
    if then.get("reference_fingerprint", current) != current:
        raise errors.UserError(
            f"{workdir} was started with another style image or other "
            "--features weights, which have changed since. Restore them, or "
            "use another --workdir"
        )
