"""Lists every file below a folder; follows links, skips hidden files.

Nothing is opened, so no pipe, device or damaged file can block it.
"""

import dataclasses
import os
import pathlib
import stat

from tfrecords_tools.base import errors
from tfrecords_tools.base.text import printable as printables


@dataclasses.dataclass(frozen=True)
class Listing:
    """Contents of a folder; paths are relative to it and sorted.

    Attributes:
        files: regular files, and links to regular files.
        unusable: path to the reason: dangling or cyclic links, links to a
            parent folder, unreadable folders, pipes, sockets, devices, and
            names that are not UTF-8.
        empty: folders that hold nothing, or only hidden files.
    """

    files: list[pathlib.PurePath]
    unusable: dict[pathlib.PurePath, str]
    empty: list[pathlib.PurePath]


def below(root: str | os.PathLike) -> list[pathlib.PurePath]:
    """Returns the files below a folder, see `listed`."""
    return listed(root).files


def listed(root: str | os.PathLike) -> Listing:
    """Lists the contents of a folder.

    Args:
        root: the folder; a missing one has no files.

    Returns:
        All files and all unusable paths. A folder reached by several links
        is listed once, under its own name if that is in `root`.

    Raises:
        UserError: `root` itself cannot be listed.
    """
    walk = _Walk(pathlib.Path(root))
    return Listing(
        sorted(walk.files),
        dict(sorted(walk.unusable.items())),
        sorted(walk.empty),
    )


def printable(path: pathlib.PurePath) -> str:
    r"""Returns the path with forward slashes; invalid UTF-8 bytes as `\xff`."""
    return printables.in_unicode(path.as_posix())


class _Walk:
    """Yields folders first, then folders reached by links only."""

    def __init__(self, root: pathlib.Path) -> None:
        self.files: list[pathlib.PurePath] = []
        self.unusable: dict[pathlib.PurePath, str] = {}
        self.empty: list[pathlib.PurePath] = []
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
                    shown = [e for e in entries if e.name[0] != "."]
                for entry in shown:
                    self._sort(entry, folder / entry.name, folders)
                if not shown and folder.parts:
                    self.empty.append(folder)
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
            # The type of other entries is known without a stat call.
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
                f"cannot list {self._root}: {error.strerror}; grant access, or "
                "choose another folder"
            ) from error


NOT_A_FILE = "is no ordinary file but a pipe, a socket or a device"


def explained(place: str | os.PathLike, error: OSError) -> str:
    """Explains why a file is unusable, with the target of a link."""
    reason = error.strerror
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        reason = "no such file"
    return reason + link_of(place)


def link_of(place: str | os.PathLike) -> str:
    """Returns the target of a link as a suffix for messages, or nothing."""
    try:
        return f": a link to {os.readlink(place)}"
    except OSError:
        return ""
