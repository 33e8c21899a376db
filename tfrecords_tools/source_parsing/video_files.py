"""The videos that stand in a folder, whatever they are called."""

import pathlib

from tfrecords_tools.base import errors
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import video_names
from tfrecords_tools.source_parsing import odd_names


def found_at(videos: str) -> tuple[list[pathlib.Path], int]:
    """A video file itself, or those in a folder, sorted.

    Args:
        videos: the flag `--videos`.

    Returns:
        The files, and how many others are no videos.

    Raises:
        UserError: there is none.
    """
    path = pathlib.Path(videos)
    if path.is_file():
        return [path], 0
    found, others = within(path) if path.is_dir() else ([], 0)
    if found:
        return found, others
    link = printable.name(folder_files.link_of(path))
    passed = f"; got {others} other file(s)" if others else ""
    raise errors.UserError(
        f"--videos={printable.name(path)}{link}: wanted a video file, or a "
        f"folder with videos{passed}"
    )


def within(folder: pathlib.Path) -> tuple[list[pathlib.Path], int]:
    """The videos at any depth of a folder, as shards are built of them.

    Links are followed and hidden files passed over, as `folder_files.listed`
    does it. Files that are not called like videos are opened, each once.
    What cannot be read is listed too, to be told of, if it is called like a
    video or may hold some.

    Args:
        folder: may be hidden itself.

    Returns:
        Their paths, sorted, and how many other files there are.

    Raises:
        UserError: a folder cannot be listed.
    """
    listing = folder_files.listed(folder)
    with odd_names.Opener(folder) as opener:
        found = [path for path in listing.files if opener.is_video(path)]
    found += [
        path
        for path in listing.unusable
        # In a folder that cannot be listed there may be videos.
        if video_names.is_likely(path.name) or (folder / path).is_dir()
    ]
    every = len(listing.files) + len(listing.unusable)
    return sorted(folder / path for path in found), every - len(found)
