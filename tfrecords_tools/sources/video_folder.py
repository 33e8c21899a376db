"""Videos in folders: one folder a class, or one flat folder without any.

`fight/day1/a.mp4` has the label `fight`. Where every outermost folder is
called like a split, `train/fight/a.mp4` has that split.
"""

import dataclasses
import os
import pathlib

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.listing import folder_files
from tfrecords_tools.media import video_names


@dataclasses.dataclass(frozen=True)
class Config:
    """This layout has no settings."""


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Lists every file, also those that turn out not to be videos.

    Args:
        config: nothing.
        input: the folder. Hidden files and folders are passed over.

    Returns:
        One clip a file, sorted by path.

    Raises:
        UserError: `input` is not a folder, or only some videos stand in
            folders of splits.
    """
    if not os.path.isdir(input):
        raise errors.UserError(
            f"--input={input}: wanted a folder of videos; for a table of "
            "clips take --source=csv_file"
        )
    paths = sorted(folder_files.below(input))
    videos = [path for path in paths if video_names.is_likely(path.name)]
    stray = [path for path in videos if not _split_of(path)]
    splits = {_split_of(path) for path in videos} - {None}
    # One folder alone called "train" may be a class: of railways.
    if stray and len(splits) > 1:
        raise errors.UserError(
            f"--input={input} has folders of splits ({', '.join(splits)}) and "
            f"{len(stray)} videos beside them, {stray[0]} for one: move those "
            "into a split, or list the clips with --source=csv_file"
        )
    by_split = bool(videos) and not stray
    return [_clip(path, by_split) for path in paths]


def _split_of(path: pathlib.PurePath) -> str | None:
    in_folder = len(path.parts) > 1
    return annotations.canonical_split(path.parts[0]) if in_folder else None


def _clip(path: pathlib.PurePath, by_split: bool) -> annotations.Clip:
    folders = path.parts[:-1]
    split = folders[0] if by_split and folders else ""
    folders = folders[1:] if by_split else folders
    # What is no video shall not make a class.
    named = folders and video_names.is_likely(path.name)
    return annotations.Clip(
        path=path.as_posix(),
        label=folders[0] if named else "",
        split=split,
        origin=path.as_posix(),
    )
