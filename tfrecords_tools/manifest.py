"""What readers trust: labels, splits, shards with checksums, settings.

It is one small JSON file that holds nothing that grows with the number of
clips; those stand in the index beside each shard. Its own checksum, of the
text with that checksum left empty, stands in its second line.
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
READY = ".ready"  # Folder of a data set that is whole but not yet moved in.
_CHECKSUM = re.compile(r'^( "checksum": ")(\w*)(",)$', re.MULTILINE)


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
        task_counts: the same of each further label set; not in shards of old.
        unlabelled: label set, empty for the main one, to split to clips
            without any of its labels; not in shards of old.
        extras: what records hold besides, names in `schema.EXTRAS`.
        storage: how frames are stored: jpeg, h264 or h265; raw in a cache.
        key_every: frames from one that decodes alone to the next.
        vocabulary: words of the training split's texts, the most frequent
            first, or pieces of words, as the settings say; empty where none
            were listed.
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
        """What the records hold."""
        return schema.Contents(tuple(self.tasks), self.extras)

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
    values = {"checksum": "", **dataclasses.asdict(manifest)}
    text = json.dumps(values, indent=1, sort_keys=True) + "\n"
    text = _CHECKSUM.sub(rf"\g<1>{_checksum(text)}\g<3>", text, count=1)
    with atomic_write.file(pathlib.Path(folder) / FILE_NAME, "w") as stream:
        stream.write(text)


def read(folder: str | os.PathLike) -> Manifest:
    """Reads `folder/manifest.json`.

    Raises:
        UserError: it is missing, is not ours, of another schema version,
            was changed since it was written, or a build was stopped while
            it moved its shards in.
    """
    path = pathlib.Path(folder) / FILE_NAME
    if os.path.exists(pathlib.Path(folder) / READY / FILE_NAME):
        raise errors.UserError(
            f"{folder} is half replaced: a build was stopped there; the same "
            "command of tfrecords_tools.build_shards finishes it"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise errors.UserError(
            f"no {path}: is {folder} the output of "
            "tfrecords_tools.build_shards, and did that run to its end?"
        ) from error
    except (OSError, ValueError) as error:
        raise errors.UserError(f"cannot read {path}: {error}") from error
    return decode(path, text)


def decode(path: str | os.PathLike, text: str) -> Manifest:
    """As `read`, of the text of a manifest that stands at `path`."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise errors.UserError(f"cannot read {path}: {error}") from error
    if not isinstance(values, dict):
        raise errors.UserError(
            f"{path} is no manifest, it holds {str(values)[:40]}: build the "
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
    """SHA-256 of a manifest's text without the checksum in it."""
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
