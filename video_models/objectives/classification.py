"""One label a clip: softmax cross-entropy and the usual metrics."""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tfrecords_tools.base import errors, settings
from video_models import (
    class_weights,
    clip_logits,
    objective,
    single_label,
    video_network,
)


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
            "wants one: choose --objective=multi_label, or keep one label a "
            "clip and build the shards again"
        )
    clip_logits.check_head(parts.head)
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
        self._set = single_label.SingleLabel(
            task.labels, config.label_smoothing, self.weights
        )
        self.answers = {"scores": self._set.answer}
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
        """Logits float32 [B, classes], or [B, t, classes] of moments."""
        return self.networks["classifier"](batch["frames"], training=True)

    def losses(
        self, player: str, batch: dict, outputs: Any, step: Any
    ) -> dict[str, Any]:
        """`cross_entropy`, smoothed and weighted, in nats; 0 where a clip has
        no label."""
        return {"cross_entropy": self._set.loss(outputs, batch["label"])}

    def predict(self, networks: dict, frames: Any) -> dict[str, Any]:
        """`scores` float32 [B, classes], which sum to 1; and `frame_scores`
        [B, t, classes] where the head scores moments."""
        logits = networks["classifier"](frames, training=False)
        return clip_logits.scores(self._set.scores, logits)

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Probabilities are averaged over views; a soft label's class is its
        largest; a clip without a label counts nothing."""
        logits = clip_logits.of_views(networks["classifier"], batch["frames"])
        return self._set.counts(logits, batch["label"], batch["mask"])

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """See `class_report.report`."""
        return self._set.report(counts)
