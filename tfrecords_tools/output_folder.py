"""The folder of a data set while it is built: one build at a time moves in.

What is written waits in `.partial`. Renaming that to `.ready` decides: from
then on the move is finished, by this build or by the next one.
"""

import contextlib
import os
import pathlib
import shutil
from collections.abc import Iterator

from tfrecords_tools import manifest, shard_plan
from tfrecords_tools.base import atomic_write
from tfrecords_tools.base.files import folder_lock, shard_index

DONE, SURVEY = ".done", ".survey"  # Notes for a build that goes on.
REPORT = "report.csv"
FAILED = "report.failed.csv"  # Of a build of which nothing came.


@contextlib.contextmanager
def claimed(output: str | os.PathLike) -> Iterator[None]:
    """Keeps other builds out, after finishing the move of a stopped one.

    Args:
        output: folder for the shards; it is made, and removed again where
            nothing was written.

    Raises:
        UserError: another build works there, or the place cannot be written.
    """
    output = pathlib.Path(output)
    with folder_lock.held(output, "build", "another --output"):
        finish(output)
        yield


def finish(output: pathlib.Path) -> None:
    """Moves in what waits in `.ready`, the manifest last."""
    ready = output / manifest.READY
    if not os.path.exists(ready):
        return
    with atomic_write.explained(output):
        if os.path.exists(ready / manifest.FILE_NAME):
            dataset = manifest.read(ready)
            for path in sorted(ready.iterdir()):
                if path.suffix in (DONE, SURVEY):
                    path.unlink()
                elif path.name != manifest.FILE_NAME:
                    os.replace(path, output / path.name)
            remove_strangers(output, dataset)
            (output / FAILED).unlink(missing_ok=True)
            atomic_write.sync_folder(output)
            os.replace(ready / manifest.FILE_NAME, output / manifest.FILE_NAME)
            atomic_write.sync_folder(output)
        shutil.rmtree(ready)


def remove_strangers(folder: pathlib.Path, dataset: manifest.Manifest) -> None:
    """Removes the shards that `made` does not name."""
    names = {s.name for shards in dataset.splits.values() for s in shards}
    names |= {shard_index.path_of(name).name for name in names}
    for path in folder.iterdir():
        if shard_plan.NAME.fullmatch(path.name) and path.name not in names:
            path.unlink()
