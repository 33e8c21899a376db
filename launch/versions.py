"""The versions of an exported model: folders 1, 2, ..., as servers want."""

import pathlib


def known(folder: pathlib.Path) -> list[int]:
    """The versions that are there."""
    if not folder.is_dir():
        return []
    return [int(p.name) for p in folder.iterdir() if p.name.isdecimal()]


def following(folder: pathlib.Path) -> pathlib.Path:
    """Where the next version goes."""
    return folder / str(max(known(folder), default=0) + 1)


def newest(folder: pathlib.Path) -> pathlib.Path:
    """The newest version, or the folder itself where it is one."""
    found = known(folder)
    return folder / str(max(found)) if found else folder
