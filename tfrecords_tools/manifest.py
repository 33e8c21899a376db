"""What readers trust: labels, splits, shards with checksums, settings.

It is one small JSON file that holds nothing that grows with the number of
clips; those stand in the index beside each shard.
"""

import dataclasses
import json
import os
import pathlib
from typing import Any

from tfrecords_tools import schema
from tfrecords_tools.base import atomic_write, errors

FILE_NAME = "manifest.json"


@dataclasses.dataclass(frozen=True)
class Shard:
    """One shard file.

    Attributes:
        name: file name of the TFRecord; the index stands beside it.
        clips: clips in it.
        chunks: records in it.
        frames: frames in it.
        size: bytes of the TFRecord.
        sha256: of the TFRecord, hexadecimal.
        index_sha256: of the index, hexadecimal.
    """

    name: str
    clips: int
    chunks: int
    frames: int
    size: int
    sha256: str
    index_sha256: str


@dataclasses.dataclass(frozen=True)
class Manifest:
    """A data set of shards.

    Attributes:
        labels: label names; a label's id is its place. In the sorted order
            of the training labels at first, later only appended to.
        tasks: the same for each further label set.
        several_labels: whether some clip has more than one label.
        several_tasks: the further label sets of which a clip may have more
            than one label.
        splits: split name to its shards in order.
        settings: the settings it was built with, by section.
        label_counts: split name to clips of each label, in label order; a
            clip with several labels counts for each. Failed clips do not.
        schema_version: of the records and the index.
    """

    labels: tuple[str, ...]
    tasks: dict[str, tuple[str, ...]]
    several_labels: bool
    splits: dict[str, tuple[Shard, ...]]
    settings: dict[str, Any]
    several_tasks: tuple[str, ...] = ()
    label_counts: dict[str, tuple[int, ...]] = dataclasses.field(
        default_factory=dict
    )
    schema_version: int = schema.VERSION

    def shards(self, split: str) -> tuple[Shard, ...]:
        """The shards of `split`; UserError where there is no such split."""
        if not self.splits.get(split):
            raise errors.UserError(
                f"no split {split!r} in these shards; there is "
                f"{', '.join(sorted(self.splits)) or 'none'}"
            )
        return self.splits[split]


def write(folder: str | os.PathLike, manifest: Manifest) -> None:
    """Writes `folder/manifest.json` whole or not at all."""
    text = json.dumps(dataclasses.asdict(manifest), indent=1, sort_keys=True)
    with atomic_write.file(pathlib.Path(folder) / FILE_NAME, "w") as stream:
        stream.write(text + "\n")


def read(folder: str | os.PathLike) -> Manifest:
    """Reads `folder/manifest.json`.

    Raises:
        UserError: it is missing, is not ours, or of another schema version.
    """
    path = pathlib.Path(folder) / FILE_NAME
    try:
        values = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise errors.UserError(
            f"no {path}: is {folder} the output of "
            "tfrecords_tools.build_shards, and did that run to its end?"
        ) from error
    except (OSError, ValueError) as error:
        raise errors.UserError(f"cannot read {path}: {error}") from error
    version = values.get("schema_version")
    if version != schema.VERSION:
        raise errors.UserError(
            f"{path} has schema version {version}, this program reads "
            f"{schema.VERSION}: build the shards again"
        )
    try:
        return _from_json(values)
    except (KeyError, TypeError) as error:
        raise errors.UserError(
            f"{path} is damaged ({error!r}): build the shards again"
        ) from error


def _from_json(values: dict[str, Any]) -> Manifest:
    return Manifest(
        labels=tuple(values["labels"]),
        tasks={k: tuple(v) for k, v in values["tasks"].items()},
        several_labels=values["several_labels"],
        several_tasks=tuple(values["several_tasks"]),
        splits={
            split: tuple(Shard(**shard) for shard in shards)
            for split, shards in values["splits"].items()
        },
        settings=values["settings"],
        label_counts={k: tuple(v) for k, v in values["label_counts"].items()},
        schema_version=values["schema_version"],
    )
