"""The answers to each clip of a split, by label set, beside the truth."""

import dataclasses

import numpy as np

from launch.evaluation import evaluation
from video_models import objective as objectives

_SCORES, _LABEL = "scores", "label"


@dataclasses.dataclass(frozen=True)
class ClipAnswers:
    """The answers of one label set, a row a clip.

    Attributes:
        task: name of the label set; empty for the main one.
        labels: C names.
        threshold: see `objective.Answer`; None: one label a clip.
        numbers: int64 [N], `clip_id`, ascending.
        truth: bool [N, C].
        given: bool [N, C]; all False where a score is NaN.
        scores: float32 [N, C].
        counts_unlabelled: whether clips without any label count.
    """

    task: str
    labels: tuple[str, ...]
    threshold: float | None
    numbers: np.ndarray
    truth: np.ndarray
    given: np.ndarray
    scores: np.ndarray
    counts_unlabelled: bool = False

    @property
    def counted(self) -> np.ndarray:
        """bool [N]: clips that count, by their labels."""
        return self.truth.any(axis=1) | self.counts_unlabelled

    def only(self, rows: np.ndarray) -> "ClipAnswers":
        """The answers to some of the clips, given bool or int rows."""
        return dataclasses.replace(
            self,
            numbers=self.numbers[rows],
            truth=self.truth[rows],
            given=self.given[rows],
            scores=self.scores[rows],
        )

    @property
    def hits(self) -> np.ndarray:
        """bool [N]: clips with exactly the right labels."""
        return (self.truth == self.given).all(axis=1)

    @property
    def metric(self) -> str:
        """The name of the mean of `hits` in reports."""
        return "accuracy" if self.threshold is None else "exact_match"


def collect(
    objective: objectives.Objective, rows: dict[str, np.ndarray]
) -> list[ClipAnswers]:
    """Returns the answers of each label set, the main one first.

    Args:
        objective: defines the label sets.
        rows: see `evaluation.Evaluated`.
    """
    return [
        _of_set(name.removeprefix(_SCORES), answer, rows)
        for name, answer in objective.answers.items()
        if name in rows
    ]


def one_hot(ids: np.ndarray, classes: int) -> np.ndarray:
    """bool [N, classes] of int [N]; no label for ids out of range."""
    return ids[:, None] == np.arange(classes)


def _of_set(
    suffix: str, answer: objectives.Answer, rows: dict[str, np.ndarray]
) -> ClipAnswers:
    scores, label = rows[_SCORES + suffix], rows[_LABEL + suffix]
    classes = len(answer.labels)
    truth = label >= 0.5 if label.ndim == 2 else one_hot(label, classes)
    if answer.threshold is None:
        given = one_hot(scores.argmax(axis=1), classes)
    else:
        given = scores >= answer.threshold
    given &= ~np.isnan(scores).any(axis=1, keepdims=True)
    return ClipAnswers(
        suffix.removeprefix("."),
        answer.labels,
        answer.threshold,
        rows[evaluation.CLIP],
        truth,
        given,
        scores,
        answer.unlabelled_is_negative,
    )
