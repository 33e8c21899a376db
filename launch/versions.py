"""The versions of an exported model: folders 1, 2, ..., as servers want."""

import contextlib
import json
import pathlib
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from tfrecords_tools.base import atomic_write, errors, plain_path

LONGEST_NAMES = 256  # Bytes of a path below the folder of the versions.
EXTRA = "assets.extra"  # TensorFlow Serving leaves it alone.


def known(folder: pathlib.Path) -> list[int]:
    """The versions that are there."""
    if not folder.is_dir():
        return []
    return [int(p.name) for p in folder.iterdir() if p.name.isdecimal()]


def following(folder: pathlib.Path) -> pathlib.Path:
    """Where the next version goes."""
    return folder / str(max(known(folder), default=0) + 1)


def newest(folder: pathlib.Path) -> pathlib.Path:
    """The newest version, or the folder itself where it is one."""
    found = known(folder)
    return folder / str(max(found)) if found else folder


@contextlib.contextmanager
def explained(path: pathlib.Path) -> Iterator[None]:
    """Raises UserError where TensorFlow cannot write the version `path`."""
    try:
        yield
    except tf.errors.OpError as error:
        raise errors.UserError(
            f"cannot write {path}: {error.message}. Older versions are "
            "untouched; free some space and try again"
        ) from error


@contextlib.contextmanager
def writing(
    path: pathlib.Path, name: str, facts: dict[str, Any]
) -> Iterator[pathlib.Path]:
    """A folder to write a version into; it appears when it is whole.

    Args:
        path: of the version.
        name: of a JSON file in `EXTRA`.
        facts: what stands in it.

    Raises:
        UserError: it cannot be written; older versions are untouched.
    """
    with atomic_write.folder(path) as temporary:
        with explained(path):
            yield temporary
        about = temporary / EXTRA / name
        about.parent.mkdir(exist_ok=True)
        about.write_text(json.dumps(facts, indent=1))


def load(path: pathlib.Path) -> Any:
    """The SavedModel of the version `path`, as `tf.saved_model.load`."""
    with plain_path.to(path) as plain:
        return tf.saved_model.load(plain)
