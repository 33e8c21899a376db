"""One label a clip: softmax cross-entropy and the usual metrics."""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tfrecords_tools.base import errors, settings
from video_models import class_report, class_weights, objective, video_network

ops = keras.ops


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the classification loss."""

    label_smoothing: float = settings.setting(
        0.0,
        "Share of every target spread evenly over all classes.",
        minimum=0.0,
        maximum=0.9,
    )
    class_weights: tuple[str, ...] = settings.setting(
        (),
        "Weight of a clip in the loss by its label: 'balanced', or one "
        "number a label in the order of the label list; empty: all alike.",
    )


TINY = Config(label_smoothing=0.1)


def build(
    config: Config,
    parts: objective.Parts,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> "Classification":
    """Raises UserError where the data or the class weights do not fit."""
    if not task.labels:
        raise errors.UserError(
            "this data has no labels, --objective=classification wants one "
            "a clip: give a label column or folders named by class, and "
            "build the shards again"
        )
    if task.several_labels:
        raise errors.UserError(
            "this data has several labels a clip, --objective=classification "
            "wants one: keep one label a clip and build the shards again"
        )
    return Classification(config, parts, task, make_optimizer)


class Classification(objective.Objective):
    """One network, `classifier`, and one player of the same name."""

    def __init__(
        self,
        config: Config,
        parts: objective.Parts,
        task: objective.Task,
        make_optimizer: Callable[[], keras.optimizers.Optimizer],
    ):
        """See `build`."""
        self.config, self.task = config, task
        self.weights = class_weights.of(config.class_weights, task)
        classifier = video_network.build(
            parts.backbone,
            parts.temporal,
            parts.head,
            task.clip,
            len(task.labels),
        )
        self.networks = {"classifier": classifier}
        self.players = (
            objective.Player("classifier", ("classifier",), make_optimizer()),
        )

    def forward(self, player: str, batch: dict, seed: Any, step: Any) -> Any:
        """Logits float32 [B, classes]."""
        return self.networks["classifier"](batch["frames"], training=True)

    def losses(
        self, player: str, batch: dict, outputs: Any, step: Any
    ) -> dict[str, Any]:
        """`cross_entropy`, smoothed and weighted, in nats; 0 where a clip has
        no label."""
        targets = self._targets(batch["label"])
        smoothing = self.config.label_smoothing
        smooth = (1 - smoothing) * targets + smoothing / len(self.task.labels)
        entropy = -ops.sum(smooth * ops.log_softmax(outputs), axis=-1)
        if self.weights is not None:
            entropy = entropy * ops.sum(targets * self.weights, axis=-1)
        return {"cross_entropy": entropy * _has_label(targets)}

    def predict(self, networks: dict, frames: Any) -> dict[str, Any]:
        """`scores` float32 [B, classes], which sum to 1."""
        logits = networks["classifier"](frames, training=False)
        return {"scores": ops.softmax(logits)}

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Probabilities are averaged over views; a soft label's class is its
        largest; a clip without a label counts nothing."""
        log_scores = self._log_scores(networks, batch["frames"])
        targets = self._targets(batch["label"])
        mask = ops.cast(batch["mask"], "float32")
        mask = mask * _has_label(targets)
        return class_report.counts(log_scores, targets, mask)

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """See `class_report.report`."""
        return class_report.report(counts, self.task.labels)

    def _log_scores(self, networks: dict, frames: Any) -> Any:
        views = frames.shape[1]
        clips = ops.reshape(frames, (-1, *frames.shape[2:]))
        logits = networks["classifier"](clips, training=False)
        logits = ops.reshape(logits, (-1, views, logits.shape[-1]))
        scores = ops.logsumexp(ops.log_softmax(logits), axis=1)
        return scores - float(np.log(views))

    def _targets(self, label: Any) -> Any:
        if len(label.shape) == 2:
            return ops.cast(label, "float32")
        return ops.one_hot(label, len(self.task.labels), dtype="float32")


def _has_label(targets: Any) -> Any:
    """float32 [B]: 1, or 0 where a row of targets is empty."""
    return ops.cast(ops.any(targets > 0, axis=-1), "float32")
