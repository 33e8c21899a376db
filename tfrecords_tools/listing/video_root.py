"""Whether a video really stands under the video root, links followed.

A folder is resolved once, so that a million videos cost a million look-ups
and not one for every part of every path.
"""

import os
import stat


def path_fault(path: str) -> str:
    """What is wrong with a relative path as written; nothing is looked up."""
    if not path:
        return "the path is empty"
    try:
        path.encode()
    except UnicodeEncodeError:
        return f"path {path!r} is not UTF-8: rename the file"
    if path.startswith("/") or ".." in path.split("/"):
        return (
            f"path {path!r} leaves the video root: write it relative to "
            "--video_root, without '..'"
        )
    return ""


class VideoRoot:
    """The folder that no video may leave."""

    def __init__(self, root: str | os.PathLike) -> None:
        """Resolves the root itself, which may be a link.

        Args:
            root: the folder; it need not exist.
        """
        self._root = os.fspath(root)
        self._real = os.path.realpath(root)
        self._folders: dict[str, str] = {}

    def fault(self, path: str) -> str:
        """What is wrong with a video.

        Args:
            path: relative to the root, without `..`.

        Returns:
            A message, or nothing where a file stands there, in the root.
        """
        place = os.path.join(self._root, path)
        try:
            real = self._resolved(place)
            mode = os.stat(real).st_mode
        except (FileNotFoundError, NotADirectoryError):
            link = os.path.islink(place)
            why = f": a link to {os.readlink(place)}" if link else ""
            return f"no file {place}{why}"
        except OSError as error:
            return f"{place}: {error.strerror}"
        except ValueError as error:  # A null character.
            return f"path {path!r}: {error}"
        if not real.startswith(os.path.join(self._real, "")):
            return (
                f"{place} leaves the video root, by a link to {real}: to "
                "allow it, name a folder that holds the file itself with "
                f"--video_root ({os.path.commonpath([real, self._real])} "
                "does) and write paths from there"
            )
        if stat.S_ISDIR(mode):
            return f"{place} is a folder"
        if not stat.S_ISREG(mode):
            return f"{place} is no ordinary file"
        return ""

    def _resolved(self, place: str) -> str:
        folder, name = os.path.split(place)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        real = os.path.join(self._folders[folder], name)
        is_link = stat.S_ISLNK(os.lstat(real).st_mode)
        return os.path.realpath(real) if is_link else real
