"""Rows about videos from the scores of an exported model."""

import itertools
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from launch.serving import model_metadata
from tfrecords_tools.base.text import printable
from video_models import objective

_MAIN = "scores"
_MOMENTS = "frame_scores"


def row(
    metadata: model_metadata.ModelMetadata,
    path: str | pathlib.Path,
    scores: dict[str, np.ndarray],
    seconds: tuple[float, float],
    moments: Iterable[dict[str, Any]] = (),
) -> dict[str, Any]:
    """What is printed about a video or a window of it.

    Args:
        metadata: of the model.
        path: of the video.
        scores: `scores` and, of further label sets, `scores.<task>`,
            float32 [classes].
        seconds: start and end.
        moments: of `moment_rows`, one window after the other.

    Returns:
        `path`, the best `label` and its `score`, the five `best`, `seconds`;
        where a clip may have several, `labels`: all whose score reaches the
        model's threshold; `tasks`: the same of each further label set;
        `moments`: seconds, label and score of each.
    """
    name = printable.in_unicode(path)
    found = {"path": name, **_answer(metadata.answer, scores[_MAIN])}
    found["seconds"] = list(seconds)
    if metadata.tasks:
        found["tasks"] = {
            task: _answer(answer, scores[f"{_MAIN}.{task}"])
            for task, answer in metadata.tasks.items()
        }
    listed = list(_each_once(moments))
    return {**found, "moments": listed} if listed else found


def error_row(path: str | pathlib.Path, error: Exception) -> dict[str, Any]:
    """What is printed about a video that cannot be read."""
    return {"path": printable.in_unicode(path), "error": str(error)}


def moment_rows(
    metadata: model_metadata.ModelMetadata,
    scores: dict[str, np.ndarray],
    seconds: tuple[float, float],
) -> list[dict[str, Any]]:
    """The best label of each moment of a window; none where none are scored.

    Args:
        metadata: of the model.
        scores: may hold `frame_scores`, float32 [t, classes], of moments
            evenly spaced in the window.
        seconds: start and end of the window.

    Returns:
        Rows of `label`, `score` and `seconds`.
    """
    if _MOMENTS not in scores:
        return []
    each = scores[_MOMENTS]
    edges = np.linspace(*seconds, len(each) + 1).tolist()
    return [
        {
            **_scored(metadata.answer, own, int(np.argmax(own))),
            "seconds": list(between),
        }
        for own, between in zip(each, itertools.pairwise(edges), strict=True)
    ]


def format_labels(
    found: dict[str, Any], names: Mapping[str, str] | None = None
) -> str:
    """The label, or labels with | between, and `-` where there is none.

    Args:
        found: a row, or what it holds of a further label set.
        names: label to what is shown of it; None shows it whole.
    """
    listed = found.get("labels", [found])
    labels = (each["label"] for each in listed)
    return "|".join(n if names is None else names[n] for n in labels) or "-"


def _answer(answer: objective.Answer, scores: np.ndarray) -> dict[str, Any]:
    best = [_scored(answer, scores, i) for i in np.argsort(-scores)[:5]]
    found = {**best[0], "best": best}
    if answer.threshold is not None:
        above = np.flatnonzero(scores >= answer.threshold)
        above = above[np.argsort(-scores[above])]
        found["labels"] = [_scored(answer, scores, i) for i in above]
    return found


def _scored(
    answer: objective.Answer, scores: np.ndarray, place: int
) -> dict[str, Any]:
    return {"label": answer.labels[place], "score": float(scores[place])}


def _each_once(moments: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Without repeats: a last window may reach back into the one before."""
    reached = -np.inf
    for moment in moments:
        start, end = moment["seconds"]
        if start >= reached - 1e-6:
            reached = end
            yield moment
