"""The files of an index of embeddings, and how they are read.

    INDEX/
      index.json        fingerprint of the network, numbers, where clips are
      embeddings.npy    float16 [rows, D], of length 1, a row a window
      scaling.npy       float32 [2, D], mean and deviation of the features
      windows.npy       for each row: its video and its seconds
      videos.jsonl      a line a video or stored clip, with the reason where
                        it could not be read

`windows.npy` holds the offset of the video's line, so that a result of a search
is looked up without reading the whole list.
"""

import dataclasses
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from launch.embedding import unit_rows
from tfrecords_tools.base import errors

VERSION = 1
METADATA = "index.json"
EMBEDDINGS = "embeddings.npy"
SCALING = "scaling.npy"
WINDOWS = "windows.npy"
VIDEOS = "videos.jsonl"
WINDOW = np.dtype([("video", "<i8"), ("start", "<f8"), ("end", "<f8")])


@dataclasses.dataclass(frozen=True)
class Metadata:
    """The contents of `index.json`.

    Attributes:
        fingerprint: of the network's weights.
        size: values per embedding.
        rows: windows.
        videos: videos or stored clips with at least one window.
        failed: those that could not be read.
        model: the exported version that made them.
        root: folder of the videos or of the shards.
        kind: `videos` or `shards`.
        digest: of everything that the rows depend on.
    """

    fingerprint: str
    size: int
    rows: int
    videos: int
    failed: int
    model: str
    root: str
    kind: str
    digest: str

    def to_json(self) -> str:
        """The text of index.json."""
        values = {"version": VERSION, **dataclasses.asdict(self)}
        return json.dumps(values, indent=1) + "\n"


class Window(NamedTuple):
    """One row of an index.

    Attributes:
        video: its line of `videos.jsonl`.
        start_seconds: where the window begins.
        end_seconds: where it ends.
    """

    video: dict[str, Any]
    start_seconds: float
    end_seconds: float


class Index:
    """An index on disk; the embeddings are mapped into memory.

    Attributes:
        folder: of its files.
        metadata: of index.json.
        embeddings: float16 [rows, D].
        windows: `WINDOW` [rows].
        scaling: from features to embeddings.
    """

    def __init__(self, folder: str | os.PathLike):
        """Raises UserError if there is no index, or it is damaged."""
        self.folder = pathlib.Path(folder)
        self.metadata = read_metadata(self.folder)
        self.embeddings = self._array(EMBEDDINGS, np.dtype(np.float16))
        self.windows = self._array(WINDOWS, WINDOW)
        scaling = self._array(SCALING, np.dtype(np.float32))
        self.scaling = unit_rows.Scaling(*np.array(scaling))
        shape = self.metadata.rows, self.metadata.size
        if (self.embeddings.shape, self.windows.shape) != (shape, shape[:1]):
            raise _damaged(self.folder, "the files are of another index")

    def window(self, row: int) -> Window:
        """The window of a row.

        Raises:
            UserError: videos.jsonl is damaged.
        """
        offset, start, end = self.windows[row].tolist()
        try:
            with open(self.folder / VIDEOS, "rb") as stream:
                stream.seek(offset)
                video = json.loads(stream.readline())
        except (OSError, ValueError) as error:
            raise _damaged(self.folder, f"{VIDEOS}: {error}") from error
        return Window(video, start, end)

    def path_of(self, window: Window) -> str:
        """Where the video of a window is; as stored, if it is from shards."""
        path = window.video["path"]
        is_file = self.metadata.kind == "videos"
        return os.path.join(self.metadata.root, path) if is_file else path

    def failures(self) -> Iterator[dict[str, Any]]:
        """The lines of `videos.jsonl` that have an error."""
        if self.metadata.failed:
            with open(self.folder / VIDEOS, "rb") as stream:
                lines = map(json.loads, stream)
                yield from (line for line in lines if "error" in line)

    def _array(self, name: str, dtype: np.dtype) -> np.ndarray:
        path = self.folder / name
        try:
            array = np.load(path, mmap_mode="r")
        except (OSError, ValueError, EOFError) as error:
            raise _damaged(self.folder, f"{name}: {error}") from error
        if array.dtype != dtype:
            raise _damaged(self.folder, f"{name} holds {array.dtype}")
        return array


def read_metadata(folder: pathlib.Path) -> Metadata:
    """Reads index.json.

    Raises:
        UserError: missing, damaged, or of a later version.
    """
    path = folder / METADATA
    try:
        values = json.loads(path.read_text("utf-8"))
        version = values.pop("version")
        if version == VERSION:
            return Metadata(**values)
    except FileNotFoundError as error:
        raise errors.UserError(
            f"no index in {folder}: wanted the --output of launch.embed"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, f"{METADATA}: {error}") from error
    raise errors.UserError(
        f"the index in {folder} has version {version}, this program reads "
        f"{VERSION}: make it again with launch.embed"
    )


def _damaged(folder: pathlib.Path, reason: str) -> errors.UserError:
    return errors.UserError(
        f"the index in {folder} is damaged ({reason}): delete it and make it "
        "again with launch.embed"
    )
