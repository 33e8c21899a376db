"""Labels and splits by the names of the folders around videos.

`fight/day1/a.mp4` has the label `fight`; if every outermost folder is named
like a split, `train/fight/a.mp4` has that split.
"""

import pathlib
from collections.abc import Callable, Sequence

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names
from tfrecords_tools.source_parsing import outer_folders

Paths = Sequence[pathlib.PurePath]


def has_splits(
    input: str,
    videos: Paths,
    layout: outer_folders.Layout,
    others: Callable[[], Paths] = lambda: (),
) -> bool:
    """Whether the outermost folders are splits.

    Args:
        input: the input folder, for messages.
        videos: relative to it.
        layout: of the source, for messages.
        others: returns further videos outside of splits; called if all
            `videos` are in splits.

    Raises:
        UserError: only some videos are in folders of splits, or the outermost
            folders are likely neither splits nor labels.
    """
    stray = [path for path in videos if not split_of(path)]
    splits = {split_of(path) for path in videos} - {None}
    if videos and not stray:
        stray = list(others())
    # A single folder "train" may be a class: railways.
    if stray and len(splits) > 1:
        raise errors.UserError(
            f"--input={input} has folders of splits "
            f"({', '.join(sorted(splits))}) and {len(stray)} videos beside "
            f"them, {stray[0]} for one: move those into a split, or "
            f"{layout.instead}"
        )
    outer_folders.check(input, videos, layout)
    return bool(videos) and not stray


def split_of(path: pathlib.PurePath) -> str | None:
    """Returns the split that the outermost folder names, if any."""
    in_folder = len(path.parts) > 1
    return annotations.canonical_split(path.parts[0]) if in_folder else None


def class_of(path: pathlib.PurePath, by_split: bool) -> str:
    """Returns the normalized name of the class folder, or nothing."""
    folders = path.parts[:-1]
    if by_split:
        folders = folders[1:] if split_of(path) else ()
    # An empty name is refused later, not treated as unlabelled.
    return names.normalized(folders[0]) or folders[0] if folders else ""
