"""Average precision, F1, exact match and loss where labels may be several.

A batch becomes counts; counts are added up; the sum becomes the report.
"""

from typing import Any

import keras
import numpy as np

ops = keras.ops

_BINS = 1024
_MOST = 16.0  # Beyond, float32 knows no difference in the probability.


def counts(
    log_right: Any,
    log_wrong: Any,
    targets: Any,
    mask: Any,
    threshold: float,
) -> dict[str, Any]:
    """What one batch adds.

    Args:
        log_right: float32 [B, classes], logarithm of the probability that
            the clip has the label.
        log_wrong: the same, that it has not.
        targets: float32 [B, classes], 0 or 1; soft ones are rounded.
        mask: float32 [B]; rows with 0 are ignored.
        threshold: the probability at which a clip has a label.

    Returns:
        `with_label` and `without_label` [classes, bins], clips by their
        score; `hits`, `guessed` and `true` [classes]; `exact`, clips all of
        whose labels are right and no others; `examples`; `loss`, the sum of
        the clips' mean cross-entropies in nats. A NaN is the lowest score.
    """
    known = mask > 0
    rows = ops.cast(known, "float32")[:, None]
    right = ops.cast(targets >= 0.5, "float32") * rows
    guess = ops.exp(log_right) >= threshold
    guessed = ops.cast(guess, "float32") * rows
    missed = ops.any(guess != (targets >= 0.5), axis=-1)
    exact = ops.logical_and(known, ops.logical_not(missed))
    entropy = targets * log_right + (1 - targets) * log_wrong
    entropy = -ops.mean(entropy, axis=-1)
    places = _places(log_right - log_wrong)
    return {
        "with_label": _histogram(places, right),
        "without_label": _histogram(places, rows - right),
        "hits": ops.sum(right * guessed, axis=0),
        "guessed": ops.sum(guessed, axis=0),
        "true": ops.sum(right, axis=0),
        "exact": ops.sum(ops.cast(exact, "float32")),
        "examples": ops.sum(rows),
        # Not a product: a padded row may hold a NaN.
        "loss": ops.sum(ops.where(known, entropy, 0.0)),
    }


def report(
    counts: dict[str, np.ndarray], labels: tuple[str, ...]
) -> dict[str, Any]:
    """Plain Python values; a ratio of nothing is 0.

    Means over labels leave out those that no clip has. Average precision is
    that of scores in 1,024 steps: where the odds differ by less than 3 %,
    they may count as equal. `random_average_precision` is what scores that
    know nothing reach: the share of the clips that have a label.
    """
    count = {name: np.asarray(value) for name, value in counts.items()}
    precision = _average_precision(count["with_label"], count["without_label"])
    per_class = {
        label: {
            "average_precision": float(precision[number]),
            **_of_class(count, number),
        }
        for number, label in enumerate(labels)
    }
    occurring = [row for row in per_class.values() if row["count"]]
    everything = float(count["guessed"].sum() + count["true"].sum())
    examples = float(count["examples"])
    return {
        "mean_average_precision": _mean(occurring, "average_precision"),
        "random_average_precision": _mean(occurring, "count")
        / max(1.0, examples),
        "micro_f1": 2 * float(count["hits"].sum()) / max(1.0, everything),
        "macro_f1": _mean(occurring, "f1"),
        "exact_match": float(count["exact"]) / max(1.0, examples),
        "loss": float(count["loss"]) / max(1.0, examples),
        "examples": round(examples),
        "per_class": per_class,
    }


def _places(logits: Any) -> Any:
    """int32: the bin of each score, the lowest first."""
    logits = ops.where(ops.isnan(logits), -_MOST, logits)
    place = (ops.clip(logits, -_MOST, _MOST) + _MOST) * (_BINS / (2 * _MOST))
    return ops.minimum(ops.cast(place, "int32"), _BINS - 1)


def _histogram(places: Any, weights: Any) -> Any:
    """float32 [classes, bins] of [B, classes]."""
    classes = places.shape[-1]
    own = places + _BINS * ops.arange(classes, dtype="int32")
    sums = ops.segment_sum(
        ops.reshape(weights, (-1,)), ops.reshape(own, (-1,)), classes * _BINS
    )
    return ops.reshape(sums, (classes, _BINS))


def _average_precision(right: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Of each class: the mean of the precision at every clip with the label."""
    right, wrong = right[:, ::-1], wrong[:, ::-1]
    hits = np.cumsum(right, axis=1)
    shown = hits + np.cumsum(wrong, axis=1)
    precision = hits / np.maximum(shown, 1)
    return np.sum(right * precision, axis=1) / np.maximum(hits[:, -1], 1)


def _of_class(count: dict[str, np.ndarray], number: int) -> dict[str, Any]:
    names = ("hits", "guessed", "true")
    hits, guessed, true = (float(count[name][number]) for name in names)
    return {
        "precision": hits / max(1.0, guessed),
        "recall": hits / max(1.0, true),
        "f1": 2 * hits / max(1.0, guessed + true),
        "count": round(true),
    }


def _mean(rows: list[dict[str, Any]], name: str) -> float:
    return sum(row[name] for row in rows) / max(1, len(rows))
