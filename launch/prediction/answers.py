"""Rows of predictions from the scores of an exported model."""

import itertools
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from launch.serving import model_metadata
from tfrecords_tools.base.text import printable
from video_models import objective

_MAIN = "scores"
_FRAME_SCORES = "frame_scores"


def make_row(
    metadata: model_metadata.ModelMetadata,
    path: str | pathlib.Path,
    scores: dict[str, np.ndarray],
    seconds: tuple[float, float],
    time_steps: Iterable[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The row of a video or one of its windows.

    Args:
        metadata: of the model.
        path: of the video.
        scores: `scores` and, for additional label sets, `scores.<task>`,
            float32 [classes].
        seconds: start and end.
        time_steps: rows of `time_step_rows`, window by window.

    Returns:
        `path`, the best `label` and its `score`, the five `best`, `seconds`;
        for multi-label models `labels`, those with a score at or above the
        threshold; `tasks`, the same per additional label set; `moments`, with
        seconds, label and score each.
    """
    name = printable.in_unicode(path)
    values = {"path": name, **_answer(metadata.answer, scores[_MAIN])}
    values["seconds"] = list(seconds)
    if metadata.tasks:
        values["tasks"] = {
            task: _answer(answer, scores[f"{_MAIN}.{task}"])
            for task, answer in metadata.tasks.items()
        }
    listed = list(_each_once(time_steps))
    return {**values, "moments": listed} if listed else values


def error_row(path: str | pathlib.Path, error: Exception) -> dict[str, Any]:
    """The row of a video that cannot be read."""
    return {"path": printable.in_unicode(path), "error": str(error)}


def time_step_rows(
    metadata: model_metadata.ModelMetadata,
    scores: dict[str, np.ndarray],
    seconds: tuple[float, float],
) -> list[dict[str, Any]]:
    """The best label of each time step; empty without frame scores.

    Args:
        metadata: of the model.
        scores: may hold `frame_scores`, float32 [t, classes], of time steps
            evenly spaced in the window.
        seconds: start and end of the window.

    Returns:
        Rows of `label`, `score` and `seconds`.
    """
    if _FRAME_SCORES not in scores:
        return []
    each = scores[_FRAME_SCORES]
    edges = np.linspace(*seconds, len(each) + 1).tolist()
    return [
        {
            **_scored(
                metadata.answer, step_scores, int(np.argmax(step_scores))
            ),
            "seconds": list(between),
        }
        for step_scores, between in zip(
            each, itertools.pairwise(edges), strict=True
        )
    ]


def format_labels(
    answer: dict[str, Any], names: Mapping[str, str] | None = None
) -> str:
    """The label, or labels joined by |; `-` for none.

    Args:
        answer: a row, or its entry for an additional label set.
        names: label to displayed name; None displays labels whole.
    """
    listed = answer.get("labels", [answer])
    labels = (each["label"] for each in listed)
    return "|".join(n if names is None else names[n] for n in labels) or "-"


def _answer(answer: objective.Answer, scores: np.ndarray) -> dict[str, Any]:
    best = [_scored(answer, scores, i) for i in np.argsort(-scores)[:5]]
    values = {**best[0], "best": best}
    if answer.threshold is not None:
        above = np.flatnonzero(scores >= answer.threshold)
        above = above[np.argsort(-scores[above])]
        values["labels"] = [_scored(answer, scores, i) for i in above]
    return values


def _scored(
    answer: objective.Answer, scores: np.ndarray, place: int
) -> dict[str, Any]:
    return {"label": answer.labels[place], "score": float(scores[place])}


def _each_once(
    time_steps: Iterable[dict[str, Any]],
) -> Iterable[dict[str, Any]]:
    """Drops repeats: the last window may overlap the one before."""
    reached = -np.inf
    for step in time_steps:
        start, end = step["seconds"]
        if start >= reached - 1e-6:
            reached = end
            yield step
