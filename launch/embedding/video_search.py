"""Searches an index for the videos that are most similar to a video."""

import pathlib
from typing import Any, NamedTuple

import numpy as np

from launch.embedding import (
    approximate_search,
    index_files,
    nearest_rows,
)
from launch.prediction import isolated_frames, video_windows
from launch.serving import loaded_model
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import printable


class Result(NamedTuple):
    """One video of the index.

    Attributes:
        similarity: cosine of the two windows.
        window: of the index, the best one of its video.
        query_seconds: the window of the query that it resembles.
    """

    similarity: float
    window: index_files.Window
    query_seconds: tuple[float, float]


def check_model(
    index: index_files.Index, model: loaded_model.LoadedModel
) -> None:
    """Raises UserError if the index was made by another network."""
    had, wanted = model.features.fingerprint, index.metadata.fingerprint
    if had != wanted:
        raise errors.UserError(
            f"the model in {model.path} has weights {had[:12]}, the index in "
            f"{index.folder} was made with {wanted[:12]} "
            f"({index.metadata.model}): features of different networks cannot "
            "be compared; search with that model, or make the index again"
        )


def search(
    index: index_files.Index,
    model: loaded_model.LoadedModel,
    path: pathlib.Path,
    top: int,
    exact: bool,
) -> list[Result]:
    """Returns the videos whose best windows are most similar to the query's.

    Args:
        index: to search.
        model: that made the index.
        path: of the query, a video of one or more windows.
        top: number of videos.
        exact: whether to compare all rows; else a graph of neighbours
            preselects them.

    Raises:
        UserError: the query cannot be read, or another network made the
            index.
    """
    check_model(index, model)
    clip, media = model.metadata.clip, model.metadata.media
    with isolated_frames.IsolatedFrames() as read:
        windows = list(video_windows.cover_video(path, clip, media, read))
    queries = np.concatenate(
        [model.embed_jpegs([each.jpegs]) for each in windows]
    )
    queries = index.scaling.apply(queries)
    if exact:
        rows = None
        best, which = nearest_rows.similarities(index.embeddings, queries)
        owners = index.windows["video"]
    else:
        rows, best, which = approximate_search.similarities(index, queries)
        owners = index.windows["video"][rows]
    results = []
    for place in nearest_rows.top(best, owners, top):
        row = place if rows is None else int(rows[place])
        window = index.window(row)
        query = windows[int(which[place])]
        results.append(Result(float(best[place]), window, query[:2]))
    return results


def to_json(index: index_files.Index, result: Result) -> dict[str, Any]:
    """JSON values of a result; a clip of shards has `split` and `clip`."""
    window = result.window
    video = {k: v for k, v in window.video.items() if k != "windows"}
    return {
        **video,
        "path": printable.in_unicode(index.path_of(window)),
        "seconds": [window.start_seconds, window.end_seconds],
        "similarity": result.similarity,
        "query_seconds": list(result.query_seconds),
    }
