"""Average precision, F1, exact match and loss of multi-label clips.

Counts of batches are summed; the report is computed from the sum.
"""

from typing import Any

import keras
import numpy as np

ops = keras.ops

_BINS = 1024
_MOST = 16.0  # Beyond it, float32 probabilities do not change.


def counts(
    log_right: Any,
    log_wrong: Any,
    targets: Any,
    mask: Any,
    threshold: float,
) -> dict[str, Any]:
    """Returns the counts of one batch.

    Args:
        log_right: float32 [B, classes], log-probability that the clip has the
            label.
        log_wrong: log-probability that it does not.
        targets: float32 [B, classes], 0 or 1; soft ones are rounded.
        mask: float32 [B]; rows with 0 are ignored.
        threshold: probability from which a clip counts as having a label.

    Returns:
        `with_label` and `without_label` [classes, bins], histograms of scores;
        `hits`, `guessed` and `true` [classes]; `exact`, clips with exactly the
        right labels; `examples`; `loss`, sum of the clips' mean
        cross-entropies in nats. NaN counts as the lowest score.
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
        # Not a product: padded rows may contain NaN.
        "loss": ops.sum(ops.where(known, entropy, 0.0)),
    }


def report(
    counts: dict[str, np.ndarray], labels: tuple[str, ...]
) -> dict[str, Any]:
    """Returns metrics as plain Python values; empty ratios are 0.

    Means over labels exclude labels without clips. Average precision uses
    1,024 bins of scores: scores whose odds differ by less than 3 % may count
    as equal. `random_average_precision` is that of random scores, the fraction
    of clips with the label.
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
    """int32: the bin of each score, in ascending order."""
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
    """The average precision of each class."""
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
