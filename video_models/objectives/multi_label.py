"""Several labels a clip: a sigmoid and a cross-entropy for each."""

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
    several_labels,
    video_network,
)


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the loss, and of what counts as a label."""

    threshold: float = settings.setting(
        0.5,
        "Probability from which on a clip has a label, in metrics and in "
        "prediction.",
        minimum=0.0,
        maximum=1.0,
    )
    label_smoothing: float = settings.setting(
        0.0,
        "Share of every target that becomes a half.",
        minimum=0.0,
        maximum=0.9,
    )
    class_weights: tuple[str, ...] = settings.setting(
        (),
        "Weight of each label in the loss: 'balanced', or one number a label "
        "in the order of the label list; empty: all alike.",
    )
    positive_weights: tuple[str, ...] = settings.setting(
        (),
        "Weight in the loss of the clips that have a label, for each label: "
        "'balanced', so that they weigh as much as the others, or one number "
        "a label; empty: 1.",
    )
    unlabelled: str = settings.setting(
        "skip",
        "What a clip without any label says. skip: nothing, it does not "
        "count; negative: that it has none of them.",
        choices=("skip", "negative"),
    )


TINY = Config(threshold=0.4, label_smoothing=0.1)


def build(
    config: Config,
    parts: objective.Parts,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> "MultiLabel":
    """Also for data of one label a clip, if each is to be judged for itself.

    Raises UserError where the data, the head or the weights do not fit.
    """
    if not task.labels:
        raise errors.UserError(
            "this data has no labels, --objective=multi_label wants some: "
            "give a label column, with | between several, and build the "
            "shards again"
        )
    clip_logits.check_head(parts.head)
    return MultiLabel(config, parts, task, make_optimizer)


class MultiLabel(objective.Objective):
    """One network, `classifier`, and one player of the same name."""

    def __init__(
        self,
        config: Config,
        parts: objective.Parts,
        task: objective.Task,
        make_optimizer: Callable[[], keras.optimizers.Optimizer],
    ):
        """See `build`."""
        self._set = several_labels.SeveralLabels(
            task.labels,
            config.threshold,
            config.label_smoothing,
            class_weights.of(config.class_weights, task),
            class_weights.of_positives(config.positive_weights, task),
            config.unlabelled == "negative",
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
        """`binary_cross_entropy`, the weighted mean over labels, in nats."""
        loss = self._set.loss(outputs, batch["label"])
        return {"binary_cross_entropy": loss}

    def predict(self, networks: dict, frames: Any) -> dict[str, Any]:
        """`scores` float32 [B, classes], a probability each; and
        `frame_scores` [B, t, classes] where the head scores moments."""
        logits = networks["classifier"](frames, training=False)
        return clip_logits.scores(self._set.scores, logits)

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Probabilities are averaged over views."""
        logits = clip_logits.of_views(networks["classifier"], batch["frames"])
        return self._set.counts(logits, batch["label"], batch["mask"])

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """See `labels_report.report`."""
        return self._set.report(counts)
