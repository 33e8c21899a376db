"""Accuracy, top 5, loss, precision, recall and confusion of a classifier.

Counts of batches are summed; the report is computed from the sum.
"""

from typing import Any

import keras
import numpy as np

ops = keras.ops


def counts(log_scores: Any, targets: Any, mask: Any) -> dict[str, Any]:
    """Returns the counts of one batch.

    Args:
        log_scores: float32 [B, classes], logarithms of probabilities.
        targets: float32 [B, classes], one-hot or soft.
        mask: float32 [B]; rows with 0 are ignored.

    Returns:
        `confusion` [classes, classes], true by predicted class; `top_5`, hits;
        `examples`; `loss`, sum of cross-entropies in nats. A row with a NaN
        score is a miss: its prediction counts as the class after the true one.
    """
    classes = targets.shape[-1]
    true = ops.one_hot(ops.argmax(targets, axis=-1), classes, dtype="float32")
    known = ops.logical_not(ops.any(ops.isnan(log_scores), axis=-1))
    best = ops.one_hot(
        ops.argmax(log_scores, axis=-1), classes, dtype="float32"
    )
    guess = ops.where(known[:, None], best, ops.roll(true, 1, axis=-1))
    of_true = ops.sum(true * log_scores, axis=-1, keepdims=True)
    better = ops.sum(ops.cast(log_scores > of_true, "float32"), axis=-1)
    hit = ops.cast(ops.logical_and(known, better < 5), "float32")
    entropy = -ops.sum(targets * log_scores, axis=-1)
    return {
        "confusion": ops.matmul(ops.transpose(true * mask[:, None]), guess),
        "top_5": ops.sum(hit * mask),
        "examples": ops.sum(mask),
        # Not a product: padded rows may contain NaN.
        "loss": ops.sum(ops.where(mask > 0, entropy, 0.0)),
    }


def report(
    counts: dict[str, np.ndarray], labels: tuple[str, ...]
) -> dict[str, Any]:
    """Returns metrics as plain Python values; empty ratios are 0.

    `majority_accuracy` is that of always predicting the most frequent label.
    """
    confusion = np.asarray(counts["confusion"])
    examples = max(1.0, float(counts["examples"]))
    return {
        "accuracy": float(np.trace(confusion)) / examples,
        "top_5": float(counts["top_5"]) / examples,
        "majority_accuracy": float(confusion.sum(axis=1).max()) / examples,
        "loss": float(counts["loss"]) / examples,
        "examples": round(float(counts["examples"])),
        "per_class": {
            label: _of_class(confusion, number)
            for number, label in enumerate(labels)
        },
        "confusion": confusion.round().astype(int).tolist(),
    }


def _of_class(confusion: np.ndarray, number: int) -> dict[str, float | int]:
    hits = float(confusion[number, number])
    count = float(confusion[number].sum())
    guessed = float(confusion[:, number].sum())
    return {
        "precision": hits / max(1.0, guessed),
        "recall": hits / max(1.0, count),
        "f1": 2 * hits / max(1.0, count + guessed),
        "count": round(count),
    }
