"""Multi-label clips: each label is an independent yes or no."""

from typing import Any

import keras
import numpy as np

from video_models import objective
from video_models.classification import clip_logits
from video_models.metrics import labels_report

ops = keras.ops


class SeveralLabels:
    """Loss, scores and metrics of a multi-label set.

    Attributes:
        answer: interpretation of the scores.
    """

    loss_name = "binary_cross_entropy"
    hit_name = "exact_match"

    def __init__(
        self,
        labels: tuple[str, ...],
        threshold: float = 0.5,
        smoothing: float = 0.0,
        weights: np.ndarray | None = None,
        positive_weights: np.ndarray | None = None,
        unlabelled_is_negative: bool = False,
    ):
        """Configures loss and scores.

        Args:
            labels: names in the order of the logits.
            threshold: probability from which a clip counts as having a label.
            smoothing: fraction of each target replaced by 0.5.
            weights: float32 [classes], loss weight of each label; None: equal.
            positive_weights: like `weights`, for positive clips.
            unlabelled_is_negative: whether a clip without labels is negative
                for all labels; otherwise it is ignored.
        """
        self.answer = objective.Answer(
            labels, threshold, unlabelled_is_negative
        )
        self._smoothing, self.weights = smoothing, weights
        self._positive_weights = positive_weights
        self._unlabelled_is_negative = unlabelled_is_negative

    def loss(self, logits: Any, label: Any) -> Any:
        """Returns the weighted mean cross-entropy over labels, in nats.

        Args:
            logits: [B, classes] or [B, t, classes].
            label: float32 [B, classes], or int32 [B] with -1 for none.

        Returns:
            float32 [B].
        """
        targets, share = self._targets(label), self._smoothing
        logits = clip_logits.mean_over_time(logits)
        smooth = (1 - share) * targets + share / 2
        positive = smooth * ops.log_sigmoid(logits)
        if self._positive_weights is not None:
            positive = positive * self._positive_weights
        entropy = -(positive + (1 - smooth) * ops.log_sigmoid(-logits))
        if self.weights is not None:
            entropy = entropy * self.weights
        return ops.mean(entropy, axis=-1) * self._is_known(targets)

    def hits(self, logits: Any, label: Any) -> tuple[Any, Any]:
        """Returns which clips get exactly their labels, and which count.

        Args:
            logits: see `loss`.
            label: see `loss`; soft ones are rounded.

        Returns:
            float32 [B] each, 0 or 1.
        """
        targets = self._targets(label)
        scores = self.scores(clip_logits.mean_over_time(logits))
        given = ops.greater_equal(scores, self.answer.threshold)
        is_right = ops.all(ops.equal(given, targets >= 0.5), axis=-1)
        known = self._is_known(targets)
        return ops.cast(is_right, "float32") * known, known

    def scores(self, logits: Any) -> Any:
        """Returns the probability of each label."""
        return ops.sigmoid(logits)

    def view_scores(self, logits: Any) -> Any:
        """Returns `scores` averaged over views, float32 [B, classes].

        Args:
            logits: [B, views, classes].
        """
        return ops.mean(self.scores(logits), axis=1)

    def counts(self, logits: Any, label: Any, mask: Any) -> dict[str, Any]:
        """See `labels_report.counts`; probabilities are averaged over views.

        Args:
            logits: [B, views, classes].
            label: see `loss`.
            mask: [B]; rows with 0 are ignored.
        """
        log_views = float(np.log(logits.shape[1]))
        log_right, log_wrong = (
            ops.logsumexp(ops.log_sigmoid(each), axis=1) - log_views
            for each in (logits, -logits)
        )
        targets = self._targets(label)
        mask = ops.cast(mask, "float32") * self._is_known(targets)
        return labels_report.counts(
            log_right, log_wrong, targets, mask, self.answer.threshold
        )

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """See `labels_report.report`."""
        return labels_report.report(counts, self.answer.labels)

    def _targets(self, label: Any) -> Any:
        if len(label.shape) == 2:
            return ops.cast(label, "float32")
        return ops.one_hot(label, len(self.answer.labels), dtype="float32")

    def _is_known(self, targets: Any) -> Any:
        known = ops.any(targets > 0, axis=-1)
        if self._unlabelled_is_negative:
            known = ops.ones_like(known)
        return ops.cast(known, "float32")
