"""Detects videos whose file names do not look like videos.

Opens the files in a separate process and decodes one frame.
"""

import mimetypes
import os
import pathlib
from collections import Counter
from collections.abc import Iterable, Iterator

from tfrecords_tools.base import isolated
from tfrecords_tools.media import reader, video_names
from tfrecords_tools.media.frames import thumbnails

_NOT_A_FRAME = (
    "empty",
    "missing",
    "no_frames",
    "no_track",
    "no_video",
    "truncated",
    "unreadable",
)
_MOST_TRIED = 3  # Files per suffix.
_TYPES = mimetypes.MimeTypes()  # Without the system's tables.
_SIDE = 16  # Pixels; the frame is discarded.


class Opener:
    """Opens files of one folder; use it in a `with` statement."""

    def __init__(
        self,
        root: str | os.PathLike,
        limits: isolated.Config = isolated.Config(),
    ) -> None:
        """Starts nothing yet.

        Args:
            root: the folder.
            limits: per file; a file that exceeds them is not a video.
        """
        self._root = root
        self._process = isolated.Process(limits, _has_frames)
        self._known: dict[pathlib.PurePath, bool] = {}

    def __enter__(self) -> "Opener":
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.close()

    def is_video(self, path: pathlib.PurePath) -> bool:
        """Whether a regular file has a frame, possibly too large.

        Args:
            path: relative to the folder; video-like names are trusted.
        """
        if video_names.is_likely(path.name):
            return True
        if path not in self._known:
            self._known[path] = self._opened(os.path.join(self._root, path))
        return self._known[path]

    def _opened(self, place: str) -> bool:
        try:
            return bool(os.path.getsize(place)) and all(
                list(self._process.run(place))
            )
        except (OSError, isolated.Died):
            return False


def suffix_of(path: pathlib.PurePath) -> str:
    """Returns the lower-case suffix; `clip.001` has none."""
    suffix = path.suffix.lower()
    return "" if suffix[1:].isdecimal() else suffix


def suffixes_of_videos(
    files: Iterable[pathlib.PurePath], opener: Opener
) -> set[str]:
    """Returns uncommon suffixes of files that are videos.

    Opens a few files per suffix; skips images, texts and audio files.

    Args:
        files: relative to the folder of the opener.
        opener: caches which files are videos.
    """
    found: set[str] = set()
    tried: Counter[str] = Counter()
    for path in files:
        suffix = suffix_of(path)
        if suffix in found or tried[suffix] == _MOST_TRIED:
            continue
        if video_names.is_likely(path.name) or _is_other(suffix):
            continue
        tried[suffix] += 1
        if opener.is_video(path):
            found.add(suffix)
    return found


def _is_other(suffix: str) -> bool:
    kind = _TYPES.guess_type(f"a{suffix}")[0] or ""
    return kind.startswith(("image/", "text/", "audio/"))


def _has_frames(path: str) -> Iterator[bool]:
    most = reader.Config().max_pixels
    try:
        for _ in thumbnails.read(path, most, short_side=_SIDE):
            yield True
            return
    except reader.VideoError as error:
        yield error.status not in _NOT_A_FRAME
    except Exception:  # A file that crashes the decoder is no video.
        yield False
