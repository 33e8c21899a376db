"""Where the video of a row stands below the video root, links followed.

A folder is resolved once, so that a million videos cost a million look-ups
and not one for every part of every path.
"""

import dataclasses
import os
import posixpath
import stat

from tfrecords_tools.base import settings
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import names


@dataclasses.dataclass(frozen=True)
class Config:
    """Which files may be read, and what becomes of rows without one."""

    follow_links: bool = settings.setting(
        False,
        "Also read videos that links lead to out of --video_root. Only where "
        "you trust whoever made the links.",
    )
    missing: str = settings.setting(
        "error",
        "Rows whose video is not there: error refuses them, each with its "
        "line; skip leaves them out and lists them in report.csv with the "
        "status missing.",
        choices=("error", "skip"),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What was found for the path of a row.

    Attributes:
        path: relative to the root, as the file is called there.
        fault: what is wrong; empty where a file stands there, in the root.
        is_missing: whether the fault is that no file can be had.
    """

    path: str
    fault: str = ""
    is_missing: bool = False


def path_fault(path: str) -> str:
    """What is wrong with a path as written; nothing is looked up."""
    if not path:
        return "the path is empty"
    try:
        path.encode()
    except UnicodeEncodeError:
        return f"path {path!r} is not UTF-8: rename the file"
    return f"path {path!r} has a null character" if "\0" in path else ""


class VideoRoot:
    """The folder that no video may leave."""

    def __init__(
        self,
        root: str | os.PathLike | None,
        config: Config = Config(),
    ) -> None:
        """Resolves the root itself, which may be a link.

        Args:
            root: the folder; it need not exist. None looks nothing up.
            config: whether links may lead out of it.
        """
        self._known = root is not None
        self._root = os.fspath(root) if self._known else "."
        self._real = os.path.realpath(self._root)
        self._follow_links = config.follow_links
        self._folders: dict[str, str] = {}
        self._alike: dict[str, dict[str, list[str]]] = {}

    def find(self, path: str) -> Found:
        """Finds a video.

        Args:
            path: with forward slashes, relative to the root or absolute;
                `..` may stand in it where it does not leave the root. A name
                in it may be written in another Unicode form than on the disk.

        Returns:
            Its one spelling, `a/b.mp4` for `./a//b.mp4`, or what is wrong.
        """
        fault = path_fault(path)
        if fault:
            return Found(path, fault)
        within = self._within(path)
        if within is None:
            where = f" {self._root}" if self._known else ""
            return Found(
                path,
                f"path {path!r} leaves the video root{where}: wanted a file "
                "in it; name a folder that holds all videos with --video_root",
            )
        if not self._known:
            return Found(within)
        found = self._looked_up(within)
        if found.is_missing:
            other, fault = self._spelled(within)
            if fault:
                return Found(within, fault)
            return self._looked_up(other) if other else found
        return found

    def _within(self, path: str) -> str | None:
        """The path relative to the root; None where it leaves it."""
        is_absolute = os.path.isabs(path)
        if not is_absolute and ".." not in path.split("/"):
            return posixpath.normpath(path)
        if not self._known:
            path = posixpath.normpath(path)
            leaves = is_absolute or path.split("/")[0] == ".."
            return None if leaves else path
        place = os.path.join(os.path.abspath(self._root), path)
        # Links before `..` count: `link/../b` stands where the link leads.
        above, dots, rest = place.rpartition("/../")
        if dots:
            place = os.path.join(os.path.realpath(above + dots), rest)
        place = os.path.normpath(place)
        for root in (os.path.abspath(self._root), self._real):
            if place.startswith(os.path.join(root, "")):
                return os.path.relpath(place, root).replace(os.sep, "/")
        real = os.path.join(self._resolved_folder(os.path.dirname(place)), "")
        if real.startswith(os.path.join(self._real, "")):
            beside = os.path.relpath(real, self._real).replace(os.sep, "/")
            return posixpath.normpath(f"{beside}/{os.path.basename(place)}")
        return None

    def _looked_up(self, path: str) -> Found:
        place = os.path.join(self._root, path)
        try:
            real = self._resolved(place)
            mode = os.stat(real).st_mode
        except (FileNotFoundError, NotADirectoryError):
            link = os.path.islink(place)
            why = f": a link to {os.readlink(place)}" if link else ""
            return Found(path, f"no file {place}{why}", is_missing=True)
        except OSError as error:
            return Found(path, f"{place}: {error.strerror}", is_missing=True)
        inside = real.startswith(os.path.join(self._real, ""))
        if not inside and not self._follow_links:
            return Found(path, self._leaving(place, real))
        if stat.S_ISDIR(mode):
            return Found(path, f"{place} is a folder")
        if not stat.S_ISREG(mode):
            return Found(path, f"{place} {folder_files.NOT_A_FILE}")
        return Found(path)

    def _leaving(self, place: str, real: str) -> str:
        above = os.path.commonpath([real, self._real])
        remedy = (
            f", or, for a table, name a folder that holds the file itself with "
            f"--video_root ({above} does) and write paths from there"
        )
        return (
            f"{place} leaves the video root, by a link to {real}: allow such "
            "links with --files.follow_links"
            + (remedy if above != os.path.dirname(above) else "")
        )

    def _resolved(self, place: str) -> str:
        folder, name = os.path.split(place)
        real = os.path.join(self._resolved_folder(folder), name)
        is_link = stat.S_ISLNK(os.lstat(real).st_mode)
        return os.path.realpath(real) if is_link else real

    def _resolved_folder(self, folder: str) -> str:
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        return self._folders[folder]

    def _spelled(self, path: str) -> tuple[str, str]:
        """The path as the disk has it and a fault; two empty texts if none."""
        found = [""]
        for part in path.split("/"):
            key = names.normalized(part)
            found = [
                f"{folder}/{name}" if folder else name
                for folder in found
                for name in self._names(folder).get(key, ())
            ]
        if path in found or not found:  # Such as a link to nothing.
            return "", ""
        if len(found) == 1:
            return found[0], ""
        return "", (
            f"path {path!r} is written as no file is, and {len(found)} look "
            f"like it: {found}; write one of them"
        )

    def _names(self, folder: str) -> dict[str, list[str]]:
        """Normalized name to the names that a folder holds."""
        if folder not in self._alike:
            alike: dict[str, list[str]] = {}
            try:
                inside = sorted(os.listdir(os.path.join(self._root, folder)))
            except OSError:
                inside = []
            for name in inside:
                alike.setdefault(names.normalized(name), []).append(name)
            self._alike[folder] = alike
        return self._alike[folder]
