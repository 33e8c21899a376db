"""The objective of a network that scores one label set.

The label set defines loss, scores and metrics, for one label per clip or
several.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from video_models import objective, split_network, video_network
from video_models.classification import (
    blanked_modalities,
    clip_logits,
    label_heads,
    several_labels,
    single_label,
    unimodal_heads,
)


class ClipClassifier(objective.Objective):
    """A network `classifier` and a player of the same name."""

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
            components.further(task.audio, task.text),
        )
        self._training = unimodal_heads.UnimodalHeads(
            classifier, components, {label_heads.MAIN: len(task.labels)}
        )
        self.networks = {"classifier": classifier, **self._training.networks}
        self.players = (
            objective.Player(
                "classifier", tuple(self.networks), make_optimizer()
            ),
        )

    def split(self) -> split_network.SplitNetwork | None:
        """The halves of the classifier; None with a published head."""
        return split_network.split(self.networks["classifier"])

    def forward(self, player: str, batch: dict, seed: Any, step: Any) -> Any:
        """Returns logits float32, [B, classes] or per time step [B, t,
        classes], and those of each modality alone; see `unimodal_heads`."""
        network, clips = split_network.of_batch(
            self.networks["classifier"], batch
        )
        return self._training.forward(network, clips)

    def losses(
        self, player: str, batch: dict, outputs: Any, step: Any
    ) -> dict[str, Any]:
        """Returns the loss of the label set by its name, in nats, and those
        of `--fusion.unimodal`."""
        asked = self.labels, batch["label"]
        return {
            self.labels.loss_name: self.labels.loss(
                unimodal_heads.fused(outputs), batch["label"]
            ),
            **self._training.losses(*asked, outputs, label_heads.MAIN),
        }

    def hits(
        self, player: str, batch: dict, outputs: Any
    ) -> dict[str, tuple[Any, Any]]:
        """Returns `accuracy`, or `exact_match` of several labels, and those
        of each modality alone with `--fusion.unimodal`."""
        asked = self.labels, batch["label"]
        return {
            self.labels.hit_name: self.labels.hits(
                unimodal_heads.fused(outputs), batch["label"]
            ),
            **self._training.hits(*asked, outputs, label_heads.MAIN),
        }

    def predict(self, networks: dict, inputs: Any) -> dict[str, Any]:
        """Returns `scores` float32 [B, classes], probabilities, and
        `frame_scores` [B, t, classes] if the head scores time steps."""
        logits = networks["classifier"](inputs, training=False)
        return clip_logits.scores(self.labels.scores, logits)

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns the counts of a batch; averages probabilities over views."""
        return self.counts_and_rows(networks, batch)[0]

    def counts_and_rows(
        self, networks: dict, batch: dict
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Returns `counts`, and `scores` [B, classes] of each clip."""
        network, clips = split_network.of_batch(networks["classifier"], batch)
        logits = clip_logits.predict_views(network, clips)
        known = batch["label"], batch["mask"]
        blanked = blanked_modalities.logits(network, clips)
        counts = {
            **self.labels.counts(logits, *known),
            **blanked_modalities.counts(self.labels, blanked, *known),
        }
        return counts, {"scores": self.labels.view_scores(logits)}

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """Returns the metrics of the label set; of a network of several
        modalities also the accuracy without each of them."""
        return blanked_modalities.report(self.labels, counts)
