"""Videos in folders: one folder per class, or one flat folder.

`fight/day1/a.mp4` has the label `fight`. If every outermost folder is named
like a split, `train/fight/a.mp4` has that split. The contents of a file, not
its suffix, decide whether it is a video.
"""

import dataclasses
import os
import pathlib

from tfrecords_tools import annotations
from tfrecords_tools.base import errors, settings
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.media import video_names
from tfrecords_tools.source_parsing import (
    folder_labels,
    odd_names,
    outer_folders,
)

Paths = list[pathlib.PurePath]


@dataclasses.dataclass(frozen=True)
class Config:
    """Meaning of the outermost folders."""

    outer: str = settings.setting(
        "auto",
        "Meaning of the outermost folders. auto: detects splits or labels "
        "and refuses names that look like neither; labels: each folder name "
        "is a label.",
        choices=("auto", "labels"),
    )


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Lists every file, including files that turn out not to be videos.

    Args:
        config: meaning of the outermost folders.
        input: the folder; hidden files and folders are skipped.

    Returns:
        One clip per file, sorted by path; all files of a folder with a video
        have its label. Unreadable files have the reason in `absent`.

    Raises:
        UserError: `input` is not a folder, only some videos are in folders of
            splits, or the outermost folders are likely neither splits nor
            labels.
    """
    if not os.path.isdir(input):
        raise errors.UserError(
            f"--input={input}: wanted a folder of videos; for a table of "
            "clips use --source=csv_file"
        )
    found = folder_files.listed(input)
    with odd_names.Opener(input) as opener:
        by_split = config.outer != "labels" and _has_splits(
            input, found.files, opener
        )
        classes = _classes(found.files, by_split, opener)
        suffixes = odd_names.suffixes_of_videos(found.files, opener)
    clips = [
        dataclasses.replace(clip, is_video=True)
        if odd_names.suffix_of(path) in suffixes
        else clip
        for path in found.files
        for clip in [_clip(path, by_split, classes)]
    ]
    for path, reason in found.unusable.items():
        clip = _clip(path, by_split, classes)
        shown = folder_files.printable(path)
        clips.append(
            dataclasses.replace(clip, path=shown, origin=shown, absent=reason)
        )
    if found.unusable:
        clips.sort(key=lambda clip: pathlib.PurePath(clip.path))
    return clips


def _has_splits(input: str, files: Paths, opener: odd_names.Opener) -> bool:
    """Whether the outermost folders are splits."""
    videos = [path for path in files if video_names.is_likely(path.name)]
    videos = videos or [path for path in files if opener.is_video(path)]

    def others() -> Paths:
        odd = (path for path in files if not folder_labels.split_of(path))
        return [path for path in odd if opener.is_video(path)]

    return folder_labels.has_splits(
        input, videos, outer_folders.OF_VIDEOS, others
    )


def _classes(
    files: Paths, by_split: bool, opener: odd_names.Opener
) -> set[str]:
    """Returns the class folders: those with at least one video."""
    classes = set()
    # Video-like names first, so that few others are opened.
    for path in sorted(files, key=lambda p: not video_names.is_likely(p.name)):
        folder = folder_labels.class_of(path, by_split)
        if folder and folder not in classes and opener.is_video(path):
            classes.add(folder)
    return classes


def _clip(
    path: pathlib.PurePath, by_split: bool, classes: set[str]
) -> annotations.Clip:
    label = folder_labels.class_of(path, by_split)
    is_split = by_split and folder_labels.split_of(path)
    return annotations.Clip(
        path=path.as_posix(),
        label=label if label in classes else "",
        split=path.parts[0] if is_split else "",
        origin=path.as_posix(),
    )
