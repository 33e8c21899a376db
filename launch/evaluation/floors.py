"""Floors: what simple answers reach on the clips that a model is asked about.

A floor answers from the training clips' labels and whatever it knows besides
pixels. `FLOORS` are those that need shards only; append another `Floor` where
more is known, such as cached features.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from launch.evaluation import clip_answers, nearest_neighbour, paired_test
from pipelines.reading import clip_metadata
from tfrecords_tools import label_balance
from tfrecords_tools.base.text import printable


class Clips(NamedTuple):
    """Clips as a floor knows them.

    Attributes:
        numbers: int64 [N], `clip_id` in batches of their split.
        metadata: float64 [N, fields], see `clip_metadata.FIELDS`.
        labels: bool [N, classes].
        videos: path of the video of each.
    """

    numbers: np.ndarray
    metadata: np.ndarray
    labels: np.ndarray
    videos: tuple[str, ...]


class Guess(NamedTuple):
    """What a floor answers.

    Attributes:
        title: description, for tables.
        given: bool [N, classes], the labels of each clip that is asked about.
    """

    title: str
    given: np.ndarray


class Floor(NamedTuple):
    """A named floor.

    Attributes:
        name: in metrics.json.
        guess: (training clips, queries, labels) -> answers to the queries,
            whose labels it must not read. None: not available.
    """

    name: str
    guess: Callable[[Clips, Clips, tuple[str, ...]], Guess | None]


def guess_majority(
    known: Clips, queries: Clips, labels: tuple[str, ...]
) -> Guess:
    """Always the most frequent labels of the training clips."""
    row = nearest_neighbour.most_frequent(known.labels)
    names = [name for name, has in zip(labels, row, strict=True) if has]
    said = " and ".join(map(printable.quoted, names)) or "no label"
    given = np.tile(row, (len(queries.numbers), 1))
    return Guess(f"always {said}, most frequent in training", given)


def guess_by_metadata(
    known: Clips, queries: Clips, labels: tuple[str, ...]
) -> Guess:
    """The labels of the training clip with the most similar metadata."""
    given = nearest_neighbour.labels_of_nearest(
        known.metadata, known.labels, queries.metadata
    )
    fields = ", ".join(clip_metadata.FIELDS)
    return Guess(f"nearest neighbour by {fields}", given)


MAJORITY = Floor("majority", guess_majority)
METADATA = Floor("metadata", guess_by_metadata)
FLOORS = (MAJORITY, METADATA)
RELEVANT_GAIN = 0.1
"""A model is "not better" than a floor if a gain of this size is unlikely; with
few clips neither is, and the verdict is "unclear"."""


def measure(
    answers: clip_answers.ClipAnswers,
    known: Clips,
    queries: Clips,
    floors: Sequence[Floor] = FLOORS,
    groups: Sequence[str] | None = None,
) -> dict[str, tuple[dict[str, Any], np.ndarray]]:
    """Compares the answers of a model with floors, on the same clips.

    Args:
        answers: of the model.
        known: the training clips that count.
        queries: the clips of `answers`, in their order.
        floors: to measure.
        groups: of the clips; unset: their videos.

    Returns:
        Name of each floor to its row of the report, JSON values (see
        `row_of`), and what it answers, bool [N, classes].
    """
    found = {}
    for floor in floors:
        guess = floor.guess(known, queries, answers.labels)
        if guess is not None:
            hits = (guess.given == answers.truth).all(axis=1)
            row = row_of(
                guess.title,
                answers.metric,
                answers.hits,
                hits,
                groups or queries.videos,
            )
            found[floor.name] = row, guess.given
    return found


def row_of(
    title: str,
    metric: str,
    hits: np.ndarray,
    floor_hits: np.ndarray,
    groups: Sequence[str],
) -> dict[str, Any]:
    """A floor's row of a report, JSON values.

    Args:
        title: of the floor.
        metric: name of the mean of hits.
        hits: bool [N], of the model.
        floor_hits: bool [N], of the floor.
        groups: of the N clips.
    """
    test = paired_test.compare(hits, floor_hits, groups)
    verdict = "better" if test.is_better else "unclear"
    if paired_test.largest_gain(hits, floor_hits) < RELEVANT_GAIN:
        verdict = "not better"
    return {
        "title": title,
        metric: float(floor_hits.mean()),
        f"{metric}_interval": interval(floor_hits),
        "model_better": test.better,
        "model_worse": test.worse,
        "p_value": test.p_value,
        "verdict": verdict,
    }


def interval(hits: np.ndarray) -> list[float]:
    """The 95 % interval of the mean of bool [N]."""
    return list(label_balance.wilson(float(hits.mean()), len(hits)))
