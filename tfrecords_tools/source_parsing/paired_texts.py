"""Pairs texts with videos: equal stems, in nearby folders."""

import functools
import os
import pathlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import names

Path = pathlib.PurePath

_LANGUAGE = re.compile(r"\.[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*")


class PairedTexts:
    """Finds texts in a folder, by video.

    Searches for the text of `s1/a.mp4` in this order: `s1`; `texts/s1`, for
    any `texts` beside `s1`; the folders beside `s1` and in it. In a folder of
    texts only: `s1` in it, then the folder itself.
    """

    def __init__(
        self,
        root: str | os.PathLike,
        videos: Iterable[Path] | None,
        suffixes: Collection[str],
        language: str = "",
    ) -> None:
        """Lists the texts.

        Args:
            root: the folder of the videos, or of texts only.
            videos: all videos of `root`, relative to it; None for a folder of
                texts only.
            suffixes: of texts, such as `.srt`.
            language: `en` reads only `a.en.srt`; empty prefers `a.srt`.
        """
        self.root = pathlib.Path(root)
        self._videos = None
        if videos is not None:
            self._videos = {_key(path.with_suffix("")) for path in videos}
        self._language = language
        self._all = [
            path
            for path in sorted(folder_files.below(root))
            if path.suffix.lower() in suffixes
        ]
        self._by_stem: dict[Path, list[Path]] = defaultdict(list)
        for path in self._all:
            stem = path.with_suffix("")
            self._by_stem[_key(stem)].append(path)
            if _LANGUAGE.fullmatch(stem.suffix):
                self._by_stem[_key(stem.with_suffix(""))].append(path)
        self._folders = sorted({path.parent for path in self._all})
        self._places: dict[Path, list[list[Path]]] = {}
        self._used: set[Path] = set()

    def find(self, video: Path) -> Path | None:
        """Returns the text of a video, or None; paths are relative.

        Raises:
            ValueError: there are several texts.
        """
        if video.parent not in self._places:
            self._places[video.parent] = self._looked_in(video.parent)
        for folders in self._places[video.parent]:
            texts = self._fitting(folders, video)
            if len(texts) > 1:
                named = ", ".join(path.as_posix() for path in texts)
                raise ValueError(
                    f"{video.as_posix()}: has several texts: {named}"
                )
            if texts:
                return texts[0]
        return None

    def left_over(self) -> list[str]:
        """Returns the texts that no video has used so far."""
        return [path.as_posix() for path in self._all if path not in self._used]

    def _fitting(self, folders: list[Path], video: Path) -> list[Path]:
        texts = []
        for key in dict.fromkeys(_key(folder) for folder in folders):
            stem = key / _key(Path(video.stem))
            another = self._videos is not None and stem in self._videos
            if key == _key(video.parent) or not another:
                texts += self._by_stem.get(stem, ())
        self._used.update(texts)
        # Two folders or files may have names that only look equal.
        texts = [path for path in texts if path.parent in folders] or texts
        full_stem = video.stem + (
            f".{self._language}" if self._language else ""
        )
        same = [path for path in texts if path.stem == full_stem]
        key = _key(Path(full_stem))
        alike = [path for path in texts if _key(Path(path.stem)) == key]
        exact = same or alike
        return exact if exact or self._language else texts

    def _looked_in(self, folder: Path) -> list[list[Path]]:
        """Yields groups of equally good folders, the best first."""
        top = Path()
        if self._videos is None:
            return [[folder], [top]] if folder != top else [[top]]
        mirrored = [
            each
            for each in self._folders
            if _key(Path(each.name)) == _key(Path(folder.name))
            and _key(each.parent.parent) == _key(folder.parent)
        ]
        near = [
            each
            for each in self._folders
            if _key(each) not in (_key(folder), top)
            and _key(each.parent) in (_key(folder), _key(folder.parent))
        ]
        return [[folder], mirrored, near]


@functools.lru_cache(1 << 16)
def _key(path: Path) -> Path:
    """Normalizes a path for comparison."""
    return Path(*(names.normalized(part) or part for part in path.parts))
