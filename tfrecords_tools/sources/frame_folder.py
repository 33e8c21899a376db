"""Videos as folders of images: one folder per video, in folders of labels.

`fight/day1/0001.jpg`, `fight/day1/0002.jpg`, ... is the video `fight/day1`
with the label `fight`. If every outermost folder is named like a split,
`train/fight/day1` has that split. Frames are in natural order: 2 before 10.
"""

import dataclasses
import os
import pathlib

from tfrecords_tools import annotations
from tfrecords_tools.base import errors, settings
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.media import video_names
from tfrecords_tools.source_parsing import folder_labels, outer_folders

Path = pathlib.PurePath


@dataclasses.dataclass(frozen=True)
class Config:
    """Times of the images, and meaning of the outermost folders."""

    rate: float = settings.setting(
        25.0, "Images per second.", minimum=0.001, maximum=1000
    )
    outer: str = settings.setting(
        "auto",
        "Meaning of the outermost folders. auto: detects splits or labels "
        "and refuses names that look like neither; labels: each folder name "
        "is a label.",
        choices=("auto", "labels"),
    )


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Lists every folder that holds images.

    Args:
        config: times of the images, and meaning of the outermost folders.
        input: the folder; hidden files and folders are skipped, and so are
            files beside the images that are none by their suffix.

    Returns:
        One clip per folder, sorted by path. Folders without images, and those
        with an unreadable one, have the reason in `absent`.

    Raises:
        UserError: `input` is not a folder, images are beside folders of
            images, or the outermost folders are likely neither splits nor
            labels.
    """
    if not os.path.isdir(input):
        raise errors.UserError(
            f"--input={input}: wanted a folder with one folder of images per "
            "video"
        )
    listing = folder_files.listed(input)
    images = [path for path in listing.files if video_names.is_image(path.name)]
    folders = sorted({path.parent for path in images})
    _refuse_mixed(input, folders)
    by_split = config.outer != "labels" and folder_labels.has_splits(
        input, folders, outer_folders.OF_IMAGES
    )
    absent = _absent(listing, set(folders))
    clips = [
        annotations.Clip(
            path=folder.as_posix(),
            label=folder_labels.class_of(folder, by_split),
            split=folder.parts[0]
            if by_split and folder_labels.split_of(folder)
            else "",
            origin=folder_files.printable(folder),
            absent=absent.get(folder, ""),
            is_video=True,
            frame_rate=config.rate,
        )
        for folder in sorted({*folders, *absent})
    ]
    return [
        dataclasses.replace(clip, path=clip.origin) if clip.absent else clip
        for clip in clips
    ]


def _refuse_mixed(input: str, folders: list[Path]) -> None:
    """Raises UserError for folders that hold images and folders of images."""
    if Path() in folders:
        above = os.path.dirname(os.path.abspath(input))
        raise errors.UserError(
            f"--input={input} holds images itself, wanted one folder of "
            "images per video: move the images into a folder of their own, "
            f"or, if they are one video, use --input={above}"
        )
    outer = sorted({above for path in folders for above in path.parents})
    mixed = [path for path in outer if path in set(folders)]
    if mixed:
        inner = next(path for path in folders if mixed[0] in path.parents)
        raise errors.UserError(
            f"--input={input}: {mixed[0]} holds images and {inner}, a folder "
            "of images: move its images into a folder of their own"
        )


def _absent(
    listing: folder_files.Listing, folders: set[Path]
) -> dict[Path, str]:
    """Maps folders that are no videos to the reason."""
    absent = {folder: "holds no images" for folder in listing.empty}
    within = {above for path in folders for above in path.parents}
    for path in listing.files:
        folder = path.parent
        if folder not in folders | within and folder.parts:
            absent.setdefault(folder, f"holds no images, but {path.name}")
    for path, reason in listing.unusable.items():
        if path.parent in folders and video_names.is_image(path.name):
            shown = folder_files.printable(path)
            absent.setdefault(path.parent, f"its image {shown}: {reason}")
        elif path.parent not in folders:
            absent.setdefault(path, reason)
    return absent
