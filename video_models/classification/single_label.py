"""One label per clip: softmax, cross-entropy, accuracy."""

from typing import Any

import keras
import numpy as np

from video_models import objective
from video_models.classification import clip_logits
from video_models.metrics import class_report

ops = keras.ops


class SingleLabel:
    """Loss, scores and metrics of a single-label set.

    Attributes:
        answer: interpretation of the scores.
    """

    loss_name = "cross_entropy"
    hit_name = "accuracy"

    def __init__(
        self,
        labels: tuple[str, ...],
        smoothing: float = 0.0,
        weights: np.ndarray | None = None,
    ):
        """Configures loss and scores.

        Args:
            labels: names in the order of the logits.
            smoothing: fraction of each target spread over all labels.
            weights: float32 [classes], weight of a clip by its label; None:
                equal.
        """
        self.answer = objective.Answer(labels)
        self._smoothing, self.weights = smoothing, weights

    def loss(self, logits: Any, label: Any) -> Any:
        """Returns the cross-entropy in nats; 0 for clips without a label.

        Args:
            logits: [B, classes] or [B, t, classes].
            label: int32 [B], -1 for none; or soft, float32 [B, classes].

        Returns:
            float32 [B].
        """
        targets, classes = self._targets(label), len(self.answer.labels)
        share = self._smoothing
        smooth = (1 - share) * targets + share / classes
        log_scores = ops.log_softmax(clip_logits.mean_over_time(logits))
        entropy = -ops.sum(smooth * log_scores, axis=-1)
        if self.weights is not None:
            entropy = entropy * ops.sum(targets * self.weights, axis=-1)
        return entropy * _has_label(targets)

    def hits(self, logits: Any, label: Any) -> tuple[Any, Any]:
        """Returns which clips are right, and which have a label.

        Args:
            logits: see `loss`.
            label: see `loss`; the class of a soft label is its argmax.

        Returns:
            float32 [B] each, 0 or 1.
        """
        targets = self._targets(label)
        best = ops.argmax(clip_logits.mean_over_time(logits), axis=-1)
        is_right = ops.equal(best, ops.argmax(targets, axis=-1))
        labelled = _has_label(targets)
        return ops.cast(is_right, "float32") * labelled, labelled

    def scores(self, logits: Any) -> Any:
        """Returns the probabilities of the labels; they sum to 1."""
        return ops.softmax(logits)

    def view_scores(self, logits: Any) -> Any:
        """Returns `scores` averaged over views, float32 [B, classes].

        Args:
            logits: [B, views, classes].
        """
        return ops.mean(self.scores(logits), axis=1)

    def counts(self, logits: Any, label: Any, mask: Any) -> dict[str, Any]:
        """See `class_report.counts`; probabilities are averaged over views.

        Args:
            logits: [B, views, classes].
            label: see `loss`; the class of a soft label is its argmax.
            mask: [B]; rows with 0 are ignored, like clips without a label.
        """
        log_scores = ops.logsumexp(ops.log_softmax(logits), axis=1)
        log_scores = log_scores - float(np.log(logits.shape[1]))
        targets = self._targets(label)
        mask = ops.cast(mask, "float32") * _has_label(targets)
        return class_report.counts(log_scores, targets, mask)

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """See `class_report.report`."""
        return class_report.report(counts, self.answer.labels)

    def _targets(self, label: Any) -> Any:
        if len(label.shape) == 2:
            return ops.cast(label, "float32")
        return ops.one_hot(label, len(self.answer.labels), dtype="float32")


def _has_label(targets: Any) -> Any:
    """float32 [B]: 0 for rows without targets, else 1."""
    return ops.cast(ops.any(targets > 0, axis=-1), "float32")
