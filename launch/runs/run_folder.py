"""Who writes where in the folder of a run: one process each."""

import contextlib
import pathlib
from collections.abc import Iterator

from launch.runs import devices
from tfrecords_tools.base.files import folder_lock


@contextlib.contextmanager
def claimed(
    workdir: str | pathlib.Path, config: devices.Config
) -> Iterator[None]:
    """Keeps other runs out of what this host writes, before devices start.

    The first host holds the whole folder, each other one its own part; those
    who only read need not ask.

    Args:
        workdir: folder of the run; it is made.
        config: says whether there are other hosts.

    Raises:
        UserError: another run writes there, or nobody can.
    """
    folder = host_folder(workdir, devices.host_index(config))
    with folder_lock.held(folder, "run", "another --workdir"):
        yield


def host_folder(workdir: str | pathlib.Path, host: int) -> pathlib.Path:
    """Where a host writes its logs; the first one also writes checkpoints."""
    workdir = pathlib.Path(workdir)
    return workdir if host == 0 else workdir / f"worker-{host}"
