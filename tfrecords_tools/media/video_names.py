"""Which file names look like a video's, and those in a folder."""

import pathlib

from tfrecords_tools.base import errors, printable
from tfrecords_tools.listing import folder_files

SUFFIXES = frozenset(
    "3g2 3gp amv asf avi divx dv f4v flv gif h264 h265 hevc ivf m1v m2ts m2v "
    "m4v mj2 mjpeg mjpg mkv mov mp4 mpe mpeg mpg mpv mts mxf nut ogm ogv qt "
    "rm rmvb ts vob webm wmv y4m".split()
)


def is_likely(name: str) -> bool:
    """Whether the suffix is one of videos."""
    return pathlib.PurePath(name).suffix.lower().lstrip(".") in SUFFIXES


def found_at(videos: str) -> tuple[list[pathlib.Path], int]:
    """A video file itself, or those in a folder, sorted.

    Args:
        videos: the flag `--videos`.

    Returns:
        The files, and how many others do not look like a video.

    Raises:
        UserError: there is none.
    """
    path = pathlib.Path(videos)
    if path.is_file():
        return [path], 0
    found, others = within(path) if path.is_dir() else ([], 0)
    if not found:
        raise errors.UserError(
            f"--videos={printable.name(path)}: wanted a video file, or a "
            "folder with videos"
        )
    return found, others


def within(folder: pathlib.Path) -> tuple[list[pathlib.Path], int]:
    """The videos at any depth of a folder, as shards are built of them.

    Links are followed and hidden files passed over, as `folder_files.listed`
    does it. What cannot be read is listed too, to be told of.

    Args:
        folder: may be hidden itself.

    Returns:
        Their paths, sorted, and how many other files there are.

    Raises:
        UserError: a folder cannot be listed.
    """
    listing = folder_files.listed(folder)
    every = [folder / path for path in (*listing.files, *listing.unusable)]
    # In a folder that cannot be listed there may be videos.
    found = sorted(p for p in every if is_likely(p.name) or p.is_dir())
    return found, len(every) - len(found)
