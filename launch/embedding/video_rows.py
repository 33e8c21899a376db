"""Embeds the windows of video files, chunk by chunk."""

import itertools
import os
import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from launch.embedding import index_chunks
from launch.prediction import isolated_frames, video_windows
from launch.serving import loaded_model
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader

_MOST_VIDEOS = 32  # Of a chunk: seconds of work for short videos.
_MOST_BYTES = 1 << 27  # Of the files of a chunk, if there are several.


class _Read(NamedTuple):
    """A window and the number of its video."""

    video: int
    window: video_windows.Window


def plan(
    root: pathlib.Path, paths: Sequence[str], recipe: Any
) -> list[index_chunks.Chunk]:
    """Divides videos into chunks, in their order.

    Args:
        root: folder that the paths are relative to.
        paths: of the videos.
        recipe: JSON values that the rows depend on, besides the files.
    """
    groups: list[list[str]] = [[]]
    size = 0
    for path in paths:
        more = _state(root / path)[0]
        full = len(groups[-1]) == _MOST_VIDEOS or size + more > _MOST_BYTES
        if groups[-1] and full:
            groups.append([])
            size = 0
        groups[-1].append(path)
        size += more
    return [
        index_chunks.Chunk(
            number, tuple(group), digest_files(root, group, recipe)
        )
        for number, group in enumerate(groups)
    ]


def digest_files(root: pathlib.Path, paths: Sequence[str], recipe: Any) -> str:
    """Digest of the recipe and of sizes and times of the files."""
    files = [(path, *_state(root / path)) for path in paths]
    return index_chunks.digest([recipe, files])


def embed(
    model: loaded_model.LoadedModel,
    root: pathlib.Path,
    paths: Sequence[str],
    batch_size: int,
    check: Callable[[], None] = lambda: None,
    count: Callable[[], None] = lambda: None,
    read: isolated_frames.Read = reader.read_frames,
) -> index_chunks.Rows:
    """Embeds the windows that together cover each video.

    Args:
        model: the exported model.
        root: folder that the paths are relative to.
        paths: of the videos.
        batch_size: windows at a time.
        check: called before each batch; may raise to stop.
        count: called after each video.
        read: the frames of a video.

    Returns:
        The rows; a video that cannot be read has none, and an `error`.

    Raises:
        UserError: the model gives no features.
    """
    failures: dict[int, str] = {}
    reads = _windows(model, root, paths, failures, count, read)
    owners, seconds, features = [], [], []
    batch_size = min(batch_size, model.metadata.max_clips or batch_size)
    while batch := list(itertools.islice(reads, batch_size)):
        check()
        features.append(_embed_batch(model, batch, failures))
        owners += [each.video for each in batch]
        seconds += [each.window[:2] for each in batch]
    good = np.array([each not in failures for each in owners], bool)
    numbers = np.array(owners, int)[good]
    videos = []
    for number, path in enumerate(paths):
        windows = int((numbers == number).sum())
        video = {"path": path, "windows": windows}
        if number in failures:
            video["error"] = failures[number]
        videos.append(video)
    size = model.features.size
    rows = np.concatenate([np.zeros((0, size), np.float32), *features])
    return index_chunks.Rows(
        videos, np.array(seconds, float).reshape(-1, 2)[good], rows[good]
    )


def _windows(
    model: loaded_model.LoadedModel,
    root: pathlib.Path,
    paths: Sequence[str],
    failures: dict[int, str],
    count: Callable[[], None],
    read: isolated_frames.Read,
) -> Iterator[_Read]:
    """Yields all windows; notes the videos that cannot be read."""
    clip, media = model.metadata.clip, model.metadata.media
    for number, path in enumerate(paths):
        try:
            windows = video_windows.cover_video(root / path, clip, media, read)
            for window in windows:
                yield _Read(number, window)
        except errors.UserError as error:
            failures[number] = str(error)
        count()


def _embed_batch(
    model: loaded_model.LoadedModel,
    batch: Sequence[_Read],
    failures: dict[int, str],
) -> np.ndarray:
    """float32 [N, D]; notes the videos whose frames the model refuses."""
    try:
        return model.embed_jpegs([each.window.jpegs for each in batch])
    except errors.UserError as error:
        if len(batch) == 1:
            failures[batch[0].video] = str(error)
            return np.zeros((1, model.features.size), np.float32)
    return np.concatenate(
        [_embed_batch(model, [each], failures) for each in batch]
    )


def _state(path: pathlib.Path) -> tuple[int, int]:
    """Size and time of a file; zeros if it is missing."""
    try:
        stat = os.stat(path)
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns
