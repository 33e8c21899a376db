"""Which labels are taken for which, as one image."""

from collections.abc import Sequence

import numpy as np

from launch.evaluation import clip_answers
from launch.reporting import drawing, reports

_MOST_LABELS = 30
_COLUMNS = ("found", "missed", "invented")


def image(every: Sequence[clip_answers.ClipAnswers]) -> np.ndarray:
    """Draws the confusion of each label set.

    With one label a clip, a row is a true and a column a given label. With
    several, the columns are the clips in which the label was found, missed
    and invented. Of more than 30 labels, those with most mistakes are drawn.

    Returns:
        uint8 [H, W, 3].
    """
    parts = []
    for answers in every:
        answers = answers.only(answers.counted)
        draw = _of_one if answers.threshold is None else _of_several
        parts += draw(answers)
    return np.pad(
        drawing.stacked(parts, gap=8),
        ((8, 8), (8, 8), (0, 0)),
        constant_values=255,
    )


def matrix(answers: clip_answers.ClipAnswers) -> np.ndarray:
    """int64 [C, C]: clips by true and given label."""
    truth, given = answers.truth.astype(int), answers.given.astype(int)
    return truth.T @ given


def _of_one(answers: clip_answers.ClipAnswers) -> list[np.ndarray]:
    counts = matrix(answers)
    wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    shown = _shown(wrong)
    names = tuple(answers.labels[place] for place in shown)
    matrix_image = reports.confusion_image(counts[np.ix_(shown, shown)], names)
    title = "row: true label; column: given label"
    return [_title(answers, title, len(shown), matrix_image), matrix_image]


def _of_several(answers: clip_answers.ClipAnswers) -> list[np.ndarray]:
    truth, given = answers.truth, answers.given
    columns = truth & given, truth & ~given, ~truth & given
    counts = np.stack([each.sum(axis=0) for each in columns], axis=1)
    shown = _shown(counts[:, 1:].sum(axis=1))
    names = tuple(answers.labels[place] for place in shown)
    matrix_image = reports.confusion_image(counts[shown], names, _COLUMNS)
    title = "row: label; clips in which it was found, missed, invented"
    return [_title(answers, title, len(shown), matrix_image), matrix_image]


def _shown(wrong: np.ndarray) -> np.ndarray:
    """The places of the labels to draw, in their order."""
    order = np.argsort(-wrong, kind="stable")
    return np.sort(order[:_MOST_LABELS])


def _title(
    answers: clip_answers.ClipAnswers,
    text: str,
    shown: int,
    matrix_image: np.ndarray,
) -> np.ndarray:
    task = f"label.{answers.task}, " if answers.task else ""
    count = len(answers.numbers)
    clips = f"{count} clip{'s' * (count != 1)}; "
    most = len(answers.labels)
    some = (
        f"; {shown} of {most} labels, with most mistakes"
        if shown < most
        else ""
    )
    line = f"{task}{clips}{text}{some}"
    return drawing.paragraph(line, max(matrix_image.shape[1], 320))
