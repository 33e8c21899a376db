"""Every file below a folder, links followed, hidden ones passed over.

Nothing is opened, so that no pipe, device or damaged file can stop it.
"""

import dataclasses
import os
import pathlib
import stat

from tfrecords_tools.base import errors
from tfrecords_tools.base.text import printable as printables


@dataclasses.dataclass(frozen=True)
class Listing:
    """What stands below a folder; paths are relative to it and sorted.

    Attributes:
        files: ordinary files, and links to such.
        unusable: path to why it cannot be read: links to nothing, in a
            circle or to what the folder itself stands in, folders that cannot
            be listed, pipes, sockets, devices, and names that are no UTF-8.
    """

    files: list[pathlib.PurePath]
    unusable: dict[pathlib.PurePath, str]


def below(root: str | os.PathLike) -> list[pathlib.PurePath]:
    """The files below a folder, as `listed` gives them."""
    return listed(root).files


def listed(root: str | os.PathLike) -> Listing:
    """Lists what stands below a folder.

    Args:
        root: the folder; one that is not there has no files.

    Returns:
        All files and what cannot be read. A folder that several links lead
        to is listed once, below its own name where that is in `root`.

    Raises:
        UserError: `root` itself cannot be listed.
    """
    walk = _Walk(pathlib.Path(root))
    return Listing(sorted(walk.files), dict(sorted(walk.unusable.items())))


def printable(path: pathlib.PurePath) -> str:
    r"""The path with forward slashes; bytes that are no UTF-8 as `\xff`."""
    return printables.in_unicode(path.as_posix())


class _Walk:
    """Folders first, then those that only links lead to."""

    def __init__(self, root: pathlib.Path) -> None:
        self.files: list[pathlib.PurePath] = []
        self.unusable: dict[pathlib.PurePath, str] = {}
        self._root = root
        self._real = os.path.realpath(root)
        self._links: list[pathlib.PurePath] = []
        self._seen: set[str] = set()
        self._walk(pathlib.PurePath())
        while self._links:
            waiting, self._links = sorted(self._links), []
            for link in waiting:
                self._walk(link)

    def _walk(self, top: pathlib.PurePath) -> None:
        folders = [top]
        while folders:
            folder = folders.pop()
            real = os.path.realpath(self._root / folder)
            if real in self._seen:  # Such as a link back to a folder above.
                continue
            self._seen.add(real)
            if self._holder_of_root(real):
                self.unusable[folder] = f"a link to {real}, which holds it"
                continue
            try:
                # Names may be readable where no file can be opened.
                os.stat(os.path.join(self._root, folder, "."))
                with os.scandir(self._root / folder) as entries:
                    for entry in entries:
                        if entry.name[0] != ".":
                            self._sort(entry, folder / entry.name, folders)
            except OSError as error:
                self._cannot_list(folder, error)

    def _holder_of_root(self, real: str) -> bool:
        inside = self._real.startswith(os.path.join(real, ""))
        return inside and real != self._real

    def _sort(
        self,
        entry: os.DirEntry,
        path: pathlib.PurePath,
        folders: list[pathlib.PurePath],
    ) -> None:
        try:
            is_link = entry.is_symlink()
            # Whether another entry is a file is known without a look at it.
            if not is_link and entry.is_file(follow_symlinks=False):
                mode = stat.S_IFREG
            else:
                mode = os.stat(entry.path).st_mode
        except OSError as error:
            self.unusable[path] = explained(entry.path, error)
            return
        if stat.S_ISDIR(mode):
            (self._links if is_link else folders).append(path)
        elif not stat.S_ISREG(mode):
            self.unusable[path] = NOT_A_FILE
        elif not printables.is_unicode(os.fspath(path)):
            self.unusable[path] = "its name is not UTF-8: rename the file"
        else:
            self.files.append(path)

    def _cannot_list(self, folder: pathlib.PurePath, error: OSError) -> None:
        if folder.parts:
            self.unusable[folder] = f"cannot be listed: {error.strerror}"
        elif not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise errors.UserError(
                f"cannot list {self._root}: {error.strerror}; allow it, or "
                "choose another folder"
            ) from error


NOT_A_FILE = "is no ordinary file but a pipe, a socket or a device"


def explained(place: str | os.PathLike, error: OSError) -> str:
    """Why a file cannot be looked at, with where a link leads."""
    reason = error.strerror
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        reason = "no such file"
    return reason + link_of(place)


def link_of(place: str | os.PathLike) -> str:
    """Where a link leads, to be put after what is wrong; else nothing."""
    try:
        return f": a link to {os.readlink(place)}"
    except OSError:
        return ""
