"""What data sets with published lists of training and test videos share.

Where the lists and the videos stand, which listed videos are there, and
validation clips taken from the training list, which have none of their own.
"""

import dataclasses
import fractions
import os
import pathlib
from collections.abc import Iterable

from tfrecords_tools import annotations
from tfrecords_tools.base import errors, settings
from tfrecords_tools.source_parsing import video_root
from tfrecords_tools.splitting import stratified_draw


@dataclasses.dataclass(frozen=True)
class Config:
    """Which split; the official lists have no validation clips."""

    split_number: int = settings.setting(
        1, "Which official split, 1 to 3.", minimum=1, maximum=3
    )
    validation_fraction: float = settings.setting(
        0.0,
        "How much of training becomes validation, 0 to 0.9, of each class "
        "too; whole groups, of hmdb51 whole sources.",
        minimum=0,
        maximum=0.9,
    )


class Videos:
    """The folder of the class folders, within the input.

    Attributes:
        root: the input.
        missing: a line for each video asked for that is not there.
    """

    def __init__(self, input: str, names: Iterable[str]) -> None:
        """Finds it.

        Args:
            input: the folder given.
            names: what a folder of class folders within it may be called;
                where there is none, the class folders stand in `input`.

        Raises:
            UserError: `input` is no folder.
        """
        if not os.path.isdir(input):
            raise errors.UserError(
                f"--input={input}: wanted the folder of the videos"
            )
        self.root = pathlib.Path(input)
        self.missing: list[str] = []
        self._found = video_root.VideoRoot(input)
        self._below = next((n for n in names if (self.root / n).is_dir()), "")

    @property
    def folder(self) -> pathlib.Path:
        """Where the class folders stand."""
        return self.root / self._below

    def path(self, listed: str, origin: str) -> str:
        """The path from the input of a list's video `Class/name.avi`.

        Args:
            listed: as the list has it.
            origin: where it stands, for `missing`, which is told of a video
                that is not there.
        """
        path = f"{self._below}/{listed}" if self._below else listed
        found = self._found.find(path)
        if found.is_missing:
            self.missing.append(f"{origin}: no video {self.root / path}")
        return found.path

    def lists(self, names: Iterable[str], ending: str) -> pathlib.Path:
        """The folder of the lists: in the input, below it or beside it.

        Args:
            names: what the folder may be called.
            ending: how the name of a list ends.

        Raises:
            UserError: no folder holds such a file.
        """
        tried = [
            *(self.root / name for name in names),
            self.root,
            *(self.root.absolute().parent / name for name in names),
        ]
        for folder in tried:
            if folder.is_dir() and any(
                name.endswith(ending) and name[0] != "."
                for name in os.listdir(folder)
            ):
                return folder
        looked = ", ".join(dict.fromkeys(str(folder) for folder in tried))
        raise errors.UserError(
            f"no file *{ending} in {looked}: unpack the official lists there"
        )


def hold_out(
    clips: list[annotations.Clip], fraction: float, keys: list[str]
) -> list[annotations.Clip]:
    """Moves a fraction of the training clips into validation.

    Args:
        clips: rows of the splits train and test.
        fraction: how much of training, 0 to 1, of each class too, as near
            as whole keys allow.
        keys: what must stay together, one for each clip. The choice depends
            on keys, labels and counts of the training clips alone.

    Returns:
        The clips in their order.
    """
    of_key: dict[str, list[tuple[annotations.Clip, int]]] = {}
    for clip, key in zip(clips, keys, strict=True):
        if clip.split == "train":
            of_key.setdefault(key, []).append((clip, 1))
    held, whole = fractions.Fraction(str(fraction)).as_integer_ratio()
    drawn = stratified_draw.draw(
        {key: stratified_draw.counted(rows) for key, rows in of_key.items()},
        {},
        {"train": whole - held, "validation": held, "test": 0},
    )
    return [
        dataclasses.replace(clip, split=drawn[key])
        if clip.split == "train" and drawn[key] != "train"
        else clip
        for clip, key in zip(clips, keys, strict=True)
    ]
