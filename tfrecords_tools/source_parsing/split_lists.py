"""Shared by data sets with published training and test lists.

Finds the lists and the videos, checks which listed videos exist, and draws
validation clips from the training list, since no validation list exists.
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
    """Which official split; the lists have no validation clips."""

    split_number: int = settings.setting(
        1, "Official split, 1 to 3.", minimum=1, maximum=3
    )
    validation_fraction: float = settings.setting(
        0.0,
        "Fraction of training clips that becomes validation, 0 to 0.9, "
        "stratified by class; moves whole groups (hmdb51: whole sources).",
        minimum=0,
        maximum=0.9,
    )


class Videos:
    """The folder with the class folders, within the input.

    Attributes:
        root: the input.
        missing: one line per requested video that does not exist.
    """

    def __init__(self, input: str, names: Iterable[str]) -> None:
        """Finds the folder.

        Args:
            input: the input folder.
            names: possible names of a subfolder with the class folders; without
                one, the class folders are in `input`.

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
        """The folder with the class folders."""
        return self.root / self._below

    def path(self, listed: str, origin: str) -> str:
        """Returns the path of a listed video `Class/name.avi`, from the input.

        Args:
            listed: as in the list.
            origin: file and line, for `missing`.
        """
        path = f"{self._below}/{listed}" if self._below else listed
        found = self._found.find(path)
        if found.is_missing:
            self.missing.append(f"{origin}: no video {self.root / path}")
        return found.path

    def lists(self, names: Iterable[str], ending: str) -> pathlib.Path:
        """Finds the folder of the lists: in the input, below or beside it.

        Args:
            names: possible names of the folder.
            ending: end of the names of lists.

        Raises:
            UserError: no folder has such a file.
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
        fraction: of training clips, 0 to 1, stratified by class as far as whole
            keys allow.
        keys: one per clip; clips of one key stay together. The choice depends
            only on keys, labels and counts of the training clips.

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
