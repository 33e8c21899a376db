"""Finds the videos in a folder, whatever their names."""

import pathlib

from tfrecords_tools.base import errors
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import video_names
from tfrecords_tools.source_parsing import odd_names


def found_at(videos: str) -> tuple[list[pathlib.Path], int]:
    """Returns a video file itself, or the videos of a folder, sorted.

    Args:
        videos: the flag `--videos`.

    Returns:
        The files, and the number of other files.

    Raises:
        UserError: there are no videos.
    """
    path = pathlib.Path(videos)
    if path.is_file():
        return [path], 0
    found, others = within(path) if path.is_dir() else ([], 0)
    if found:
        return found, others
    link = printable.name(folder_files.link_of(path))
    passed = f"; got {_described(path, others)}" if others else ""
    raise errors.UserError(
        f"--videos={printable.name(path)}{link}: wanted a video file, or a "
        f"folder with videos{passed}"
    )


def _described(folder: pathlib.Path, others: int) -> str:
    """Files of a folder without videos; a remedy if images are among them."""
    files = folder_files.listed(folder).files
    images = sum(video_names.is_image(path.name) for path in files)
    if not images:
        return f"{others} other file(s)"
    return (
        f"{images} image(s) and {others - images} other file(s): make a video "
        "of each folder of images, for example with ffmpeg -framerate 25 "
        "-pattern_type glob -i 'FOLDER/*.jpg' FOLDER.mp4; or build shards "
        "with --source=frame_folder for launch.evaluate and launch.embed "
        "--shards"
    )


def within(folder: pathlib.Path) -> tuple[list[pathlib.Path], int]:
    """Returns the videos at any depth of a folder, as for shards.

    Follows links and skips hidden files, like `folder_files.listed`. Opens
    files without a video-like name, each once. Includes unreadable paths that
    may be or hold videos, so that they can be reported.

    Args:
        folder: may itself be hidden.

    Returns:
        The paths, sorted, and the number of other files.

    Raises:
        UserError: a folder cannot be listed.
    """
    listing = folder_files.listed(folder)
    with odd_names.Opener(folder) as opener:
        found = [path for path in listing.files if opener.is_video(path)]
    found += [
        path
        for path in listing.unusable
        # An unreadable folder may hold videos.
        if video_names.is_likely(path.name) or (folder / path).is_dir()
    ]
    every = len(listing.files) + len(listing.unusable)
    return sorted(folder / path for path in found), every - len(found)
