"""Runs the build command on a folder of videos, as a user would."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

from tfrecords_tools import manifest
from tfrecords_tools.base import errors


class Built(NamedTuple):
    """Frames and bytes of all shards together."""

    frames: int
    size: int


def words(
    videos: pathlib.Path, output: pathlib.Path, workers: int, *more: str
) -> list[str]:
    """The command line; `more` are further flags."""
    return [
        sys.executable,
        "-m",
        "tfrecords_tools.build_shards",
        "--source=video_folder",
        f"--input={videos}",
        f"--output={output}",
        f"--workers={workers}",
        *more,
    ]


def build(
    videos: pathlib.Path, workers: int, short_side: int, *more: str
) -> Built:
    """Builds shards beside the videos, counts, and deletes them.

    Raises:
        UserError: the command failed; its output is in the message.
    """
    with tempfile.TemporaryDirectory(dir=videos.parent) as output:
        folder = pathlib.Path(output, "shards")
        flags = f"--media.short_side={short_side}", *more
        done = subprocess.run(
            words(videos, folder, workers, *flags),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise errors.UserError(f"{done.args}: {done.stderr[-3000:]}")
        return counted(folder)


def counted(folder: pathlib.Path) -> Built:
    """What the manifest says that was written."""
    splits = manifest.read(folder).splits.values()
    shards = [shard for split in splits for shard in split]
    return Built(
        sum(shard.frames for shard in shards),
        sum(shard.size for shard in shards),
    )


def link(path: pathlib.Path, to: pathlib.Path) -> None:
    """Gives a file another name, or copies it to another disk."""
    try:
        os.link(path, to)
    except OSError:
        shutil.copyfile(path, to)
