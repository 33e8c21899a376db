"""The versions of an exported model: folders 1, 2, ..., as for Serving."""

import contextlib
import json
import pathlib
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from launch.runs import failed_writes
from tfrecords_tools.base import atomic_write
from tfrecords_tools.base.files import plain_path

LONGEST_NAMES = 256  # Bytes of a path below the folder of the versions.
OLDER = "Older versions"
EXTRA = "assets.extra"  # Ignored by TensorFlow Serving.


def known(folder: pathlib.Path) -> list[int]:
    """The existing versions."""
    if not folder.is_dir():
        return []
    return [int(p.name) for p in folder.iterdir() if p.name.isdecimal()]


def following(folder: pathlib.Path) -> pathlib.Path:
    """The path of the next version."""
    return folder / str(max(known(folder), default=0) + 1)


def newest(folder: pathlib.Path) -> pathlib.Path:
    """The newest version, or the folder itself if it is a version."""
    versions = known(folder)
    return folder / str(max(versions)) if versions else folder


@contextlib.contextmanager
def writing(
    path: pathlib.Path, name: str, metadata: dict[str, Any]
) -> Iterator[pathlib.Path]:
    """Yields a folder for a new version, which appears once complete.

    Args:
        path: of the version.
        name: of a JSON file in `EXTRA`.
        metadata: contents of that file.

    Raises:
        UserError: it cannot be written; older versions are untouched.
    """
    with atomic_write.folder(path) as temporary:
        with failed_writes.explained(path, OLDER):
            yield temporary
        file = temporary / EXTRA / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(metadata, indent=1), "utf-8")


def load(path: pathlib.Path) -> Any:
    """The SavedModel of the version `path`, as `tf.saved_model.load`."""
    with plain_path.to(path) as plain:
        return tf.saved_model.load(plain)
