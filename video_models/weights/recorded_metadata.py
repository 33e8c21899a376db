"""Reads the metadata of a checkpoint of any version."""

from typing import Any

from pipelines import batch
from tfrecords_tools.base import errors, settings
from video_models import objective

FORMAT_VERSION = 2
"""Version of `facts.json`; version 1 did not record it and had other names."""
_NAMES_OF_1 = {"watch": "monitor", "taught_by": "reference_fingerprint"}


def upgrade(metadata: dict[str, Any]) -> dict[str, Any]:
    """Renames the metadata of a checkpoint to those of this version.

    Raises:
        UserError: a later version wrote the metadata.
    """
    version = metadata.get("format_version", 1)
    if version > FORMAT_VERSION:
        raise errors.UserError(
            f"the checkpoint of step {metadata.get('step')} has format version "
            f"{version}, wanted at most {FORMAT_VERSION}: use the version of "
            "this package that wrote it, or a later one"
        )
    return {
        _NAMES_OF_1.get(name, name): each for name, each in metadata.items()
    }


def task(metadata: dict[str, Any], clip: batch.ClipSpec) -> objective.Task:
    """Returns the task of a run from its metadata and clip."""
    return objective.Task(
        clip,
        tuple(metadata["labels"]),
        tuple(metadata["label_counts"]),
        metadata["several_labels"],
        {
            name: objective.LabelSet(tuple(each["labels"]), each["several"])
            for name, each in metadata.get("tasks", {}).items()
        },
        metadata.get("clips", 0),
        audio=audio(metadata),
        text=text(metadata),
    )


def audio(metadata: dict[str, Any]) -> batch.AudioSpec | None:
    """Returns the audio that a run was trained on, from its metadata."""
    return _spec(batch.AudioSpec, metadata.get("audio"))


def text(metadata: dict[str, Any]) -> batch.TextSpec | None:
    """Returns the text that a run was trained on, from its metadata."""
    return _spec(batch.TextSpec, metadata.get("text"))


def _spec(kind: type, values: dict[str, Any] | None) -> Any:
    return None if values is None else settings.from_dict(kind, values)
