"""The manifest: labels, splits, shards with checksums, settings.

A small JSON file that does not grow with the number of clips; those are in
the index beside each shard. The second line has its own checksum, computed
over the text with an empty checksum.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
from typing import Any

from tfrecords_tools import schema
from tfrecords_tools.base import atomic_write, errors

FILE_NAME = "manifest.json"
REPORT = "report.csv"  # Beside it: one row per video.
READY = ".ready"  # Folder of a complete data set that is not yet moved.
_CHECKSUM = re.compile(r'^( "checksum": ")(\w*)(",)$', re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Shard:
    """One shard file.

    Attributes:
        name: file name of the TFRecord; the index is beside it.
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
        labels: label names; the id of a label is its index. Initially sorted,
            training labels first; later labels are appended.
        tasks: the same for each further label set.
        several_labels: whether some clip has more than one label.
        several_tasks: further label sets in which a clip may have more than
            one label.
        splits: split name to its shards in order.
        settings: settings of the build, by section.
        label_counts: split name to clips of each label, in label order. A
            clip with several labels counts for each; failed clips do not
            count.
        task_counts: the same for each further label set; not in old shards.
        unlabelled: label set, empty for the main one, to split to clips
            without any of its labels; not in old shards.
        extras: optional contents of records, names in `schema.EXTRAS`.
        storage: how frames are stored: jpeg, h264 or h265; raw in a cache.
        key_every: frames from one key frame to the next.
        vocabulary: words of the training texts, most frequent first, or word
            pieces; may be empty.
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
    task_counts: dict[str, dict[str, tuple[int, ...]]] = dataclasses.field(
        default_factory=dict
    )
    unlabelled: dict[str, dict[str, int]] = dataclasses.field(
        default_factory=dict
    )
    extras: tuple[str, ...] = ()
    storage: str = "jpeg"
    key_every: int = 1
    vocabulary: tuple[str, ...] = ()
    schema_version: int = schema.VERSION

    @property
    def contents(self) -> schema.Contents:
        """Contents of the records."""
        return schema.Contents(tuple(self.tasks), self.extras)

    def shards(self, split: str) -> tuple[Shard, ...]:
        """Returns the shards of `split`; UserError if it does not exist."""
        if not self.splits.get(split):
            raise errors.UserError(
                f"no split {split!r} in these shards; there is "
                f"{', '.join(sorted(self.splits)) or 'none'}"
            )
        return self.splits[split]


def write(folder: str | os.PathLike, manifest: Manifest) -> None:
    """Writes `folder/manifest.json` atomically."""
    values = {"checksum": "", **dataclasses.asdict(manifest)}
    text = json.dumps(values, indent=1, sort_keys=True) + "\n"
    text = _CHECKSUM.sub(rf"\g<1>{_checksum(text)}\g<3>", text, count=1)
    with atomic_write.file(pathlib.Path(folder) / FILE_NAME, "w") as stream:
        stream.write(text)


def read(folder: str | os.PathLike) -> Manifest:
    """Reads `folder/manifest.json`.

    Raises:
        UserError: it is missing, not a manifest, of another schema version,
            or was changed; or a build was stopped while moving shards.
    """
    path = pathlib.Path(folder) / FILE_NAME
    if os.path.exists(pathlib.Path(folder) / READY / FILE_NAME):
        raise errors.UserError(
            f"{folder} is half replaced: a build was stopped there; re-run the "
            "same command of tfrecords_tools.build_shards to finish it"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise errors.UserError(
            f"no {path}: is {folder} the output of "
            "tfrecords_tools.build_shards, and did that finish?"
        ) from error
    except (OSError, ValueError) as error:
        raise errors.UserError(f"cannot read {path}: {error}") from error
    return decode(path, text)


def decode(path: str | os.PathLike, text: str) -> Manifest:
    """Same as `read`, given the text of the manifest at `path`."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise errors.UserError(f"cannot read {path}: {error}") from error
    if not isinstance(values, dict):
        raise errors.UserError(
            f"{path} is not a manifest, it holds {str(values)[:40]}: build the "
            "shards again"
        )
    version = values.get("schema_version")
    if version != schema.VERSION:
        raise errors.UserError(
            f"{path} has schema version {version}, this program reads "
            f"{schema.VERSION}: build the shards again"
        )
    try:
        parsed = _from_json(values)
    except (AttributeError, KeyError, TypeError) as error:
        raise errors.UserError(
            f"{path} is damaged ({error!r}): build the shards again"
        ) from error
    if values.get("checksum") != _checksum(text):
        raise errors.UserError(
            f"{path} is damaged or was edited: its checksum does not fit; "
            "build the shards again"
        )
    return parsed


def _checksum(text: str) -> str:
    """Returns SHA-256 of a manifest's text with an empty checksum."""
    bare = _CHECKSUM.sub(r"\g<1>\g<3>", text, count=1)
    return hashlib.sha256(bare.encode()).hexdigest()


def _from_json(values: dict[str, Any]) -> Manifest:
    settings = values["settings"]
    return Manifest(
        labels=_all(str, values["labels"]),
        tasks={k: _all(str, v) for k, v in values["tasks"].items()},
        several_labels=_one(bool, values["several_labels"]),
        several_tasks=_all(str, values["several_tasks"]),
        splits={
            split: tuple(_shard(shard) for shard in _all(dict, shards))
            for split, shards in values["splits"].items()
        },
        settings={k: _one(dict, v) for k, v in settings.items()},
        label_counts={
            k: _all(int, v) for k, v in values["label_counts"].items()
        },
        task_counts={
            task: {k: _all(int, v) for k, v in _one(dict, counts).items()}
            for task, counts in values.get("task_counts", {}).items()
        },
        unlabelled={
            task: {k: _one(int, v) for k, v in _one(dict, counts).items()}
            for task, counts in values.get("unlabelled", {}).items()
        },
        extras=_all(str, values["extras"]),
        storage=_one(str, values["storage"]),
        key_every=_one(int, values["key_every"]),
        vocabulary=_all(str, values["vocabulary"]),
        schema_version=values["schema_version"],
    )


def _shard(values: dict[str, Any]) -> Shard:
    for field in dataclasses.fields(Shard):
        _one(field.type, values[field.name])
    return Shard(**values)


def _all(kind: type, values: Any) -> tuple:
    return tuple(_one(kind, value) for value in _one(list, values))


def _one(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{str(value)[:40]!r} is not of type {kind.__name__}")
    return value
