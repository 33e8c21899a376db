"""Which process writes where in the folder of a run."""

import contextlib
import pathlib
from collections.abc import Iterator

from launch.runs import devices
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
