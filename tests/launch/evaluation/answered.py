"""Made-up answers to clips."""

import numpy as np

from launch.evaluation import clip_answers

LABELS = ("a", "b", "c")


def single(labels, scores, numbers=None):
    """Answers of one label a clip; -1 for none."""
    scores = np.array(scores, np.float32)
    return clip_answers.ClipAnswers(
        "",
        LABELS,
        None,
        np.arange(len(labels)) if numbers is None else np.array(numbers),
        clip_answers.one_hot(np.array(labels), 3),
        clip_answers.one_hot(scores.argmax(axis=1), 3),
        scores,
    )


def several(truth, scores, threshold=0.5):
    """Answers of several labels a clip, of the set `place`."""
    truth, scores = np.array(truth, bool), np.array(scores, np.float32)
    numbers = np.arange(len(truth))
    given = scores >= threshold
    return clip_answers.ClipAnswers(
        "place", LABELS[:2], threshold, numbers, truth, given, scores
    )


ONE = single(
    [0, 1, 2, -1],
    [[0.7, 0.2, 0.1], [0.5, 0.4, 0.1], [0.1, 0.8, 0.1], [0.4, 0.3, 0.3]],
)
SEVERAL = several(
    [[1, 1], [1, 0], [0, 1], [0, 0]],
    [[0.9, 0.7], [0.9, 0.6], [0.1, 0.2], [0.1, 0.2]],
)
