"""The chunks of an index: what a stopped command need not compute again.

A chunk is a file beside the index, `INDEX.chunks/00012.chunk`, that appears
once complete. It holds a digest of everything its rows depend on, and is used
only where that still matches. The index is put together from all chunks.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from launch.embedding import index_files, unit_rows
from tfrecords_tools.base import atomic_write, errors

_SUFFIX = ".chunk"
# A cut or flipped archive fails in any of these ways.
_DAMAGES = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    TypeError,
    RuntimeError,  # Unknown compression, or a flag of encryption.
    zipfile.BadZipFile,
    zlib.error,
)


@dataclasses.dataclass(frozen=True)
class Chunk:
    """One unit of work.

    Attributes:
        number: from 0.
        items: paths below the root, or names of shards.
        digest: of everything its rows depend on.
        split: of the shards; empty for videos.
    """

    number: int
    items: tuple[str, ...]
    digest: str
    split: str = ""


@dataclasses.dataclass(frozen=True)
class Rows:
    """The rows of a chunk.

    Attributes:
        videos: a line of `videos.jsonl` each, with `windows`, their number.
        seconds: float64 [rows, 2], start and end of each window.
        features: float32 [rows, D].
    """

    videos: list[dict[str, Any]]
    seconds: np.ndarray
    features: np.ndarray


def folder_of(output: str | os.PathLike) -> pathlib.Path:
    """The folder of the chunks of an index."""
    output = pathlib.Path(output)
    return output.with_name(f"{output.name}.chunks")


def digest(values: Any) -> str:
    """SHA-256 of JSON values."""
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def write_chunk(folder: pathlib.Path, chunk: Chunk, rows: Rows) -> None:
    """Writes a chunk whole or not at all."""
    text = json.dumps({"digest": chunk.digest, "videos": rows.videos})
    with atomic_write.file(_path(folder, chunk)) as stream:
        np.savez(
            stream,
            text=np.frombuffer(text.encode(), np.uint8),
            seconds=rows.seconds,
            features=rows.features,
        )


def read_chunk(folder: pathlib.Path, chunk: Chunk) -> Rows | None:
    """Reads a chunk; None if it is missing, damaged or outdated."""
    try:
        with np.load(_path(folder, chunk)) as arrays:
            values = json.loads(arrays["text"].tobytes())
            if values["digest"] != chunk.digest:
                return None
            return Rows(values["videos"], arrays["seconds"], arrays["features"])
    except _DAMAGES:
        return None


def unfinished(folder: pathlib.Path, units: Iterable[Chunk]) -> list[Chunk]:
    """The chunks that are left to do; removes files of others."""
    left, kept = [], set()
    for chunk in units:
        if read_chunk(folder, chunk) is None:
            left.append(chunk)
        else:
            kept.add(_path(folder, chunk))
    for path in folder.iterdir():
        if path not in kept:
            path.unlink()
    return left


def count_items(folder: pathlib.Path, units: Iterable[Chunk]) -> int:
    """Counts the items of chunks that exist."""
    done = [chunk for chunk in units if _path(folder, chunk).exists()]
    return sum(len(chunk.items) for chunk in done)


def assemble(
    output: pathlib.Path,
    units: Sequence[Chunk],
    metadata: index_files.Metadata,
) -> index_files.Metadata:
    """Writes the index from its chunks, whole or not at all.

    Args:
        output: folder of the index, which must not exist.
        units: all of them.
        metadata: without its numbers.

    Returns:
        The metadata with its numbers.

    Raises:
        UserError: a chunk is missing, or nothing could be read.
    """
    folder = folder_of(output)
    videos = [v for rows in _all(folder, units) for v in rows.videos]
    failed = [video for video in videos if "error" in video]
    metadata = dataclasses.replace(
        metadata,
        rows=sum(video["windows"] for video in videos),
        videos=len(videos) - len(failed),
        failed=len(failed),
    )
    if not metadata.rows:
        raise errors.UserError(
            f"nothing could be read of {len(videos)} video(s) in "
            f"{metadata.root}; the first: {failed[0]['error']}"
        )
    with atomic_write.folder(output) as temporary:
        features = (rows.features for rows in _all(folder, units))
        scaling = unit_rows.measure(features, metadata.size)
        np.save(
            temporary / index_files.SCALING,
            np.stack([scaling.mean, scaling.deviation]),
        )
        _write_rows(temporary, _all(folder, units), metadata, scaling)
        path = temporary / index_files.METADATA
        path.write_text(metadata.to_json(), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    return metadata


def _write_rows(
    folder: pathlib.Path,
    units: Iterator[Rows],
    metadata: index_files.Metadata,
    scaling: unit_rows.Scaling,
) -> None:
    embeddings, windows = (
        np.lib.format.open_memmap(folder / name, "w+", dtype, shape)
        for name, dtype, shape in (
            (
                index_files.EMBEDDINGS,
                np.float16,
                (metadata.rows, metadata.size),
            ),
            (index_files.WINDOWS, index_files.WINDOW, (metadata.rows,)),
        )
    )
    first = 0
    with open(folder / index_files.VIDEOS, "wb") as stream:
        for rows in units:
            last = first + len(rows.features)
            embeddings[first:last] = scaling.apply(rows.features)
            offsets = []
            for video in rows.videos:
                offsets += [stream.tell()] * video["windows"]
                stream.write(json.dumps(video).encode() + b"\n")
            windows["video"][first:last] = offsets
            windows["start"][first:last] = rows.seconds[:, 0]
            windows["end"][first:last] = rows.seconds[:, 1]
            first = last
    embeddings.flush()
    windows.flush()


def _all(folder: pathlib.Path, units: Sequence[Chunk]) -> Iterator[Rows]:
    for chunk in units:
        rows = read_chunk(folder, chunk)
        if rows is None:
            raise errors.UserError(
                f"{_path(folder, chunk)} is missing after the engine finished: "
                "its workers must share the output folder, and the input must "
                "not change meanwhile; re-run the same command to resume"
            )
        yield rows


def _path(folder: pathlib.Path, chunk: Chunk) -> pathlib.Path:
    return folder / f"{chunk.number:05d}{_SUFFIX}"
