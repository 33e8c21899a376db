"""Finds the video of a row below the video root, following links.

Each folder is resolved once, so a million videos cost a million look-ups, not
one per component of every path.
"""

import dataclasses
import os
import posixpath
import stat

from tfrecords_tools.base import settings
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import names
from tfrecords_tools.media import image_folder


@dataclasses.dataclass(frozen=True)
class Config:
    """Which files may be read, and how rows without a file are handled."""

    follow_links: bool = settings.setting(
        False,
        "Also read videos through links that leave --video_root. Enable "
        "only for links from a trusted source.",
    )
    missing: str = settings.setting(
        "error",
        "Rows whose video does not exist. error: fail and list every such "
        "row; skip: leave them out and list them in report.csv with status "
        "missing.",
        choices=("error", "skip"),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """Result of looking up the path of a row.

    Attributes:
        path: relative to the root, in the spelling of the disk.
        fault: what is wrong; empty if the file exists within the root.
        is_missing: whether the fault is a missing or unreadable file.
    """

    path: str
    fault: str = ""
    is_missing: bool = False


def path_fault(path: str) -> str:
    """Returns the fault of a path as written, without a look-up."""
    if not path:
        return "the path is empty"
    try:
        path.encode()
    except UnicodeEncodeError:
        return f"path {path!r} is not UTF-8: rename the file"
    return f"path {path!r} has a null character" if "\0" in path else ""


class VideoRoot:
    """The folder that contains all videos."""

    def __init__(
        self,
        root: str | os.PathLike | None,
        config: Config = Config(),
    ) -> None:
        """Resolves the root, which may be a link.

        Args:
            root: the folder, need not exist; None: no look-ups.
            config: whether links may leave it.
        """
        self._known = root is not None
        self._root = os.fspath(root) if self._known else "."
        self._real = os.path.realpath(self._root)
        self._follow_links = config.follow_links
        self._folders: dict[str, str] = {}
        self._alike: dict[str, dict[str, list[str]]] = {}

    def find(self, path: str, is_folder: bool = False) -> Found:
        """Finds a video.

        Args:
            path: with forward slashes, relative to the root or absolute;
                `..` is allowed if it does not leave the root. Names may have
                another Unicode form than on disk.
            is_folder: whether it is a folder of images instead of a file.

        Returns:
            The canonical path, `a/b.mp4` for `./a//b.mp4`, or a fault.
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
                "in it; set --video_root to a folder that holds all videos",
            )
        if not self._known:
            return Found(within)
        found = self._looked_up(within, is_folder)
        if found.is_missing:
            other, fault = self._spelled(within)
            if fault:
                return Found(within, fault)
            return self._looked_up(other, is_folder) if other else found
        return found

    def _within(self, path: str) -> str | None:
        """Returns the path relative to the root; None if it leaves it."""
        is_absolute = os.path.isabs(path)
        if not is_absolute and ".." not in path.split("/"):
            return posixpath.normpath(path)
        if not self._known:
            path = posixpath.normpath(path)
            leaves = is_absolute or path.split("/")[0] == ".."
            return None if leaves else path
        place = os.path.join(os.path.abspath(self._root), path)
        # Links before `..` count: `link/../b` is beside the target of the link.
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

    def _looked_up(self, path: str, is_folder: bool) -> Found:
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
            return Found(path, self._folder_fault(place, is_folder))
        if not stat.S_ISREG(mode):
            return Found(path, f"{place} {folder_files.NOT_A_FILE}")
        return Found(path)

    def _folder_fault(self, place: str, is_folder: bool) -> str:
        """What is wrong with a folder where a video is expected."""
        try:
            images = image_folder.list_images(place)
        except OSError as error:
            return f"{place} cannot be listed: {error.strerror}"
        if not is_folder:
            hint = f": {image_folder.HINT}" if images else ""
            return f"{place} is a folder{hint}"
        for name in images if not self._follow_links else ():
            image = os.path.join(place, name)
            if os.path.islink(image):
                real = os.path.realpath(image)
                if not real.startswith(os.path.join(self._real, "")):
                    return self._leaving(image, real)
        return ""

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
        """Returns the path on disk and a fault; both empty if none matches."""
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
            f"path {path!r} matches no file exactly, and {len(found)} look "
            f"like it: {found}; write one of them"
        )

    def _names(self, folder: str) -> dict[str, list[str]]:
        """Maps normalized names to the names in a folder."""
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
