"""Which file names look like a video's."""

import pathlib

from tfrecords_tools.base import errors

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
    found, others = within(path)
    if not found:
        raise errors.UserError(
            f"--videos={path}: wanted a video file, or a folder with videos"
        )
    return found, others


def within(folder: pathlib.Path) -> tuple[list[pathlib.Path], int]:
    """The videos at any depth of a folder, sorted; how many others are."""
    every = [p for p in folder.rglob("*") if p.is_file()]
    found = sorted(p for p in every if is_likely(p.name))
    return found, len(every) - len(found)
