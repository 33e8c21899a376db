"""The folder of a run: of its hosts, and of the folds of a cross-validation."""

import contextlib
import os
import pathlib
from collections.abc import Iterator

from launch.runs import devices
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import folder_lock


@contextlib.contextmanager
def claimed(
    workdir: str | pathlib.Path, config: devices.Config
) -> Iterator[None]:
    """Locks the folder that this host writes to, before devices start.

    The first host locks the run's folder, every other host its own folder
    inside. Readers need no lock.

    Args:
        workdir: folder of the run; created if missing.
        config: of the devices; determines the host's index.

    Raises:
        UserError: another run writes there, or it is not writable.
    """
    folder = host_folder(workdir, devices.host_index(config))
    with folder_lock.held(folder, "run", "another --workdir"):
        yield


def host_folder(workdir: str | pathlib.Path, host: int) -> pathlib.Path:
    """The folder for a host's logs; the first one also gets checkpoints."""
    workdir = pathlib.Path(workdir)
    return workdir if host == 0 else workdir / f"worker-{host}"


def fold_folder(workdir: str | pathlib.Path, fold: int) -> pathlib.Path:
    """The folder of the run of one fold of a cross-validation."""
    return pathlib.Path(workdir) / f"fold_{fold}"


def refuse_folds(workdir: str | pathlib.Path) -> None:
    """Raises UserError if a folder holds the folds of a cross-validation."""
    first = fold_folder(workdir, 1)
    if os.path.isdir(first):  # False for a path that is too long.
        raise errors.UserError(
            f"{workdir} holds a cross-validation, whose folds are runs of "
            f"their own: give one of them, such as --workdir={first}"
        )
