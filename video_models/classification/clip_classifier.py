"""The objective of one network that scores the labels of one set.

What a score means, one label a clip or several, the label set knows.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from video_models import objective, video_network
from video_models.classification import (
    clip_logits,
    several_labels,
    single_label,
)


class ClipClassifier(objective.Objective):
    """One network, `classifier`, and one player of the same name."""

    def __init__(
        self,
        labels: single_label.SingleLabel | several_labels.SeveralLabels,
        components: objective.Components,
        task: objective.Task,
        make_optimizer: Callable[[], keras.optimizers.Optimizer],
    ):
        """Builds the network; `labels` holds loss, scores and metrics."""
        self.labels, self.task = labels, task
        self.answers = {"scores": labels.answer}
        classifier = video_network.build(
            components.backbone,
            components.temporal,
            components.head,
            task.clip,
            len(task.labels),
        )
        self.networks = {"classifier": classifier}
        self.players = (
            objective.Player("classifier", ("classifier",), make_optimizer()),
        )

    def forward(self, player: str, batch: dict, seed: Any, step: Any) -> Any:
        """Logits float32 [B, classes], or [B, t, classes] of time steps."""
        return self.networks["classifier"](batch["frames"], training=True)

    def losses(
        self, player: str, batch: dict, outputs: Any, step: Any
    ) -> dict[str, Any]:
        """The set's loss by its name, in nats."""
        return {
            self.labels.loss_name: self.labels.loss(outputs, batch["label"])
        }

    def predict(self, networks: dict, frames: Any) -> dict[str, Any]:
        """`scores` float32 [B, classes], probabilities; and `frame_scores`
        [B, t, classes] where the head scores time steps."""
        logits = networks["classifier"](frames, training=False)
        return clip_logits.scores(self.labels.scores, logits)

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Probabilities are averaged over views."""
        logits = clip_logits.predict_views(
            networks["classifier"], batch["frames"]
        )
        return self.labels.counts(logits, batch["label"], batch["mask"])

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """The metrics of the set."""
        return self.labels.report(counts)
