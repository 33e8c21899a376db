"""One report from the predictions of all folds of a cross-validation.

Every clip is answered by the network that saw none of its group.
"""

import collections
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from launch.evaluation import clip_answers, floors, prediction_table
from launch.reporting import floor_lines
from tfrecords_tools.base.text import printable

Row = dict[str, str]


class Fold(NamedTuple):
    """The result of one fold.

    Attributes:
        rows: of its predictions.csv, texts, with `fold` and `group`.
        report: its evaluation, see `evaluated_run.Result`.
    """

    rows: list[Row]
    report: dict[str, Any]


def build(every: Sequence[Fold]) -> dict[str, Any]:
    """Returns the report over all clips, JSON values.

    Returns:
        For the main label set, and below `tasks` for each other one:
        `examples`, `accuracy` (or `exact_match`) over all clips and its
        interval; `folds`, the value of each fold, their `mean` and
        `standard_deviation`; and `floors`, see `floors.row_of`, with their
        values by fold. The sign test is over groups.
    """
    main, *others = label_sets(every[0].report)
    report = _of_set(every, main)
    if others:
        report["tasks"] = {task: _of_set(every, task) for task in others}
    return report


def label_sets(report: dict[str, Any]) -> list[str]:
    """Names of the label sets of a report; the main one is empty."""
    return ["", *report.get("tasks", {})]


def answers(
    every: Sequence[Fold], task: str, labels: tuple[str, ...]
) -> clip_answers.ClipAnswers:
    """The answers to all clips, with the scores that the tables hold.

    Args:
        every: the folds.
        task: name of the label set; empty for the main one.
        labels: of the set.
    """
    rows = sorted(_rows(every), key=lambda row: int(row["clip"]))
    suffix = task and f".{task}"
    truth, given = (
        np.array([_has(row[name + suffix], labels) for row in rows])
        for name in ("label", "predicted")
    )
    scores = np.zeros(truth.shape, np.float32)
    for place, row in enumerate(rows):
        scores[place, given[place]] = float(row[f"score{suffix}"])
        if truth[place].any():
            of_label = float(row[f"score_of_label{suffix}"])
            scores[place, truth[place]] = of_label
        for number, label in enumerate(labels):
            name = f"{prediction_table.SCORE}{label}{suffix}"
            if name in row:
                scores[place, number] = float(row[name])
    metric = _metric(_part(every[0].report, task))
    is_single = metric == floor_lines.METRICS[0]
    return clip_answers.ClipAnswers(
        task,
        labels,
        None if is_single else float("nan"),
        np.array([int(row["clip"]) for row in rows]),
        truth,
        given,
        scores,
        any(
            row[f"correct{suffix}"] and not row[f"label{suffix}"]
            for row in rows
        ),
    )


def _of_set(every: Sequence[Fold], task: str) -> dict[str, Any]:
    first = _part(every[0].report, task)
    metric, suffix = _metric(first), task and f".{task}"
    rows = [row for row in _rows(every) if row[f"correct{suffix}"]]
    hits = np.array([row[f"correct{suffix}"] == "1" for row in rows])
    numbers = [row["fold"] for row in rows]
    groups = [row["group"] for row in rows]
    by_fold = _by_fold(hits, numbers)
    found = {
        "examples": len(rows),
        metric: float(hits.mean()),
        f"{metric}_interval": floors.interval(hits),
        "folds": by_fold,
        "mean": float(np.mean(by_fold)),
        "standard_deviation": float(np.std(by_fold, ddof=1)),
        "clips": [numbers.count(each) for each in dict.fromkeys(numbers)],
    }
    found["floors"] = {}
    labels = [row[f"label{suffix}"] for row in rows]
    for name in first.get("floors", {}):
        given = [row[name + suffix] for row in rows]
        title = _title(every, task, name)
        if name == floors.MAJORITY.name:
            # Of each fold's other clips it would be right too seldom: they
            # have fewer of the labels that the fold has many of.
            ((most, _),) = collections.Counter(labels).most_common(1)
            given = [most] * len(rows)
            said = printable.quoted(most) if most else "no label"
            title = f"always {said}, most frequent of all clips"
        right = np.array(
            [one == other for one, other in zip(given, labels, strict=True)]
        )
        of_floor = floors.row_of(title, metric, hits, right, groups)
        found["floors"][name] = of_floor | {"folds": _by_fold(right, numbers)}
    return found


def _rows(every: Sequence[Fold]) -> list[Row]:
    return [row for fold in every for row in fold.rows]


def _part(report: dict[str, Any], task: str) -> dict[str, Any]:
    return report["tasks"][task] if task else report


def _metric(report: dict[str, Any]) -> str:
    return next(name for name in floor_lines.METRICS if name in report)


def _by_fold(hits: np.ndarray, numbers: Sequence[str]) -> list[float]:
    folds = np.array(numbers)
    return [float(hits[folds == n].mean()) for n in dict.fromkeys(numbers)]


def _title(every: Sequence[Fold], task: str, name: str) -> str:
    titles = {
        _part(fold.report, task)["floors"][name]["title"] for fold in every
    }
    return titles.pop() if len(titles) == 1 else f"{name}, of each fold's own"


def _has(text: str, labels: tuple[str, ...]) -> list[bool]:
    names = text.split("|")
    return [label in names for label in labels]
