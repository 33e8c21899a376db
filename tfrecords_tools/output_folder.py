"""The output folder of a build: one build at a time moves its result in.

Results are collected in `.partial`. Renaming it to `.ready` commits: from
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

DONE, SURVEY = ".done", ".survey"  # Notes for a build that resumes.
REPORT = manifest.REPORT
FAILED = "report.failed.csv"  # Of a build in which every clip failed.


@contextlib.contextmanager
def claimed(output: str | os.PathLike) -> Iterator[None]:
    """Locks the folder, after finishing the move of a stopped build.

    Args:
        output: folder for the shards; created if missing, and removed if
            nothing was written.

    Raises:
        UserError: another build holds it, or the place is not writable.
    """
    output = pathlib.Path(output)
    with folder_lock.held(output, "build", "another --output"):
        finish(output)
        yield


def finish(output: pathlib.Path) -> None:
    """Moves the contents of `.ready` in, the manifest last."""
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
    """Removes shards that the manifest does not list."""
    names = {s.name for shards in dataset.splits.values() for s in shards}
    names |= {shard_index.path_of(name).name for name in names}
    for path in folder.iterdir():
        if shard_plan.NAME.fullmatch(path.name) and path.name not in names:
            path.unlink()
