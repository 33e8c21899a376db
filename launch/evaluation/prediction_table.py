"""`predictions.csv`: the answers of an evaluation, a row a clip."""

import csv
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from launch.evaluation import clip_answers
from pipelines.reading import clip_metadata
from tfrecords_tools.base import atomic_write

MOST_SCORES = 20  # Labels of a set whose scores all have columns.
SCORE = "score:"  # Prefix of these columns.
_DIGITS = 6

Row = dict[str, Any]


def rows(
    every: Sequence[clip_answers.ClipAnswers],
    clips: Mapping[int, clip_metadata.ClipMetadata],
    given: Mapping[str, Mapping[str, np.ndarray]],
    further: Mapping[str, Any],
) -> list[Row]:
    """Returns one row per clip, by column.

    Args:
        every: answers of each label set, about the same clips.
        clips: number to metadata; may be empty.
        given: label set, then floor to its answers to the clips that count.
        further: columns that are the same for all clips.

    Returns:
        Columns of the main label set are `label`, `predicted`, `correct` (1
        or 0; empty for a clip that does not count), `score` of the best
        label, `score_of_label` of the true one (of several the lowest), a
        column a floor, and `score:NAME` for at most `MOST_SCORES` labels.
        Those of other sets end in `.<task>`.
    """
    table = [
        {"clip": number, **_place(clips.get(number)), **further}
        for number in every[0].numbers.tolist()
    ]
    for answers in every:
        columns = _columns(answers, given.get(answers.task, {}))
        for row, more in zip(table, columns, strict=True):
            row |= more
    return table


def write(path: pathlib.Path, table: Sequence[Row]) -> None:
    """Writes the table whole or not at all."""
    with atomic_write.file(path, "w") as stream:
        columns = list(dict.fromkeys(name for row in table for name in row))
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def joined(labels: Sequence[str], has: np.ndarray) -> str:
    """Labels as tables of clips hold them: `a|b`."""
    pairs = zip(labels, has, strict=True)
    return "|".join(label for label, is_one in pairs if is_one)


def _place(clip: clip_metadata.ClipMetadata | None) -> Row:
    if clip is None:
        return dict.fromkeys(("path", "start_seconds", "end_seconds"), "")
    span = clip.start_seconds, clip.end_seconds
    return {
        "path": clip.path,
        "start_seconds": round(span[0], _DIGITS),
        "end_seconds": round(span[1], _DIGITS),
    }


def _columns(
    answers: clip_answers.ClipAnswers, floors: Mapping[str, np.ndarray]
) -> Iterator[Row]:
    labels, suffix = answers.labels, answers.task and f".{answers.task}"
    # Floors answer the clips that count only.
    places = np.cumsum(answers.counted) - 1
    is_short = len(labels) <= MOST_SCORES
    for place, (truth, given, scores) in enumerate(
        zip(answers.truth, answers.given, answers.scores, strict=True)
    ):
        counts, hit = answers.counted[place], bool((truth == given).all())
        row = {
            "label": joined(labels, truth),
            "predicted": joined(labels, given),
            "correct": int(hit) if counts else "",
            "score": _number(scores.max()),
            "score_of_label": _number(scores[truth].min())
            if truth.any()
            else "",
        }
        for name, answered in floors.items():
            row[name] = (
                joined(labels, answered[places[place]]) if counts else ""
            )
        if is_short:
            pairs = zip(labels, scores, strict=True)
            row |= {f"{SCORE}{name}": _number(value) for name, value in pairs}
        yield {f"{name}{suffix}": value for name, value in row.items()}


def _number(value: np.floating) -> float:
    return round(float(value), _DIGITS)
