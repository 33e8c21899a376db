"""The path of a folder of images that are the frames of a video.

`image_container` opens it. Images are in natural order: frame2 before frame10.
"""

import dataclasses
import os
import re

from tfrecords_tools.media import video_names

SOURCE = "frame_folder"
HINT = f"build_shards reads folders of images with --source={SOURCE}"
_PARTS = re.compile(r"(\d+)")


@dataclasses.dataclass(frozen=True)
class ImageFolder(os.PathLike):
    """The path of a folder of images that are the frames of a video.

    Attributes:
        path: the folder.
        frame_rate: images a second.
    """

    path: str
    frame_rate: float

    def __fspath__(self) -> str:
        return self.path


def path_of(
    root: str | os.PathLike, path: str, frame_rate: float | None
) -> str | os.PathLike:
    """Returns the path of a clip's video.

    Args:
        root: folder that `path` is relative to.
        path: of a file, or of a folder of images.
        frame_rate: images a second; None for a file.
    """
    place = os.path.join(root, path)
    return place if frame_rate is None else ImageFolder(place, frame_rate)


def list_images(folder: str | os.PathLike) -> list[str]:
    """Returns the names of the images in a folder, in natural order."""
    with os.scandir(folder) as entries:
        names = [
            entry.name
            for entry in entries
            if entry.name[0] != "."
            and video_names.is_image(entry.name)
            and entry.is_file()
        ]
    return sorted(names, key=natural_order)


def natural_order(name: str) -> tuple:
    """Sort key of a name, by which 2 comes before 10."""
    parts = _PARTS.split(name)
    parts[1::2] = map(int, parts[1::2])
    return parts, name
