"""What an objective is: it owns its networks and says what is good.

The train loop knows objectives only by what stands here.
"""

import dataclasses
from typing import Any

import keras
import numpy as np

from pipelines import batch
from tfrecords_tools.base import registry

Tensors = dict[str, Any]
Networks = dict[str, keras.Model]


@dataclasses.dataclass(frozen=True)
class Player:
    """One who takes steps: a classifier, or one side of a GAN."""

    name: str
    networks: tuple[str, ...]
    """Names of the networks that it trains."""
    optimizer: keras.optimizers.Optimizer
    every: int = 1
    """It plays in each `every`-th step of the loop."""
    repeats: int = 1
    """Updates that it makes when it plays."""


@dataclasses.dataclass(frozen=True)
class LabelSet:
    """A further set of labels, `label.<task>` of a batch."""

    labels: tuple[str, ...]
    several: bool = False
    """Whether a clip may have more than one of them."""


@dataclasses.dataclass(frozen=True)
class Task:
    """What the data asks for."""

    clip: batch.ClipSpec
    labels: tuple[str, ...]
    label_counts: tuple[int, ...] = ()
    """Training clips of each label; empty where it is not known."""
    several_labels: bool = False
    tasks: dict[str, LabelSet] = dataclasses.field(default_factory=dict)
    clips: int = 0
    """Training clips; 0 where it is not known."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """How scores of labels are read."""

    labels: tuple[str, ...]
    """In the order of the scores."""
    threshold: float | None = None
    """A clip has all labels whose score reaches it; None: only the best."""


@dataclasses.dataclass(frozen=True)
class Parts:
    """The chosen parts of a video network."""

    backbone: registry.Chosen
    temporal: registry.Chosen
    head: registry.Chosen


class Objective:
    """Networks, players, losses and metrics.

    A file of `video_models.objectives` offers `Config`, `TINY` and
    `build(config, parts, task, make_optimizer) -> Objective`.
    """

    networks: Networks
    players: tuple[Player, ...]
    needs_gather: bool = False
    """Whether `losses` gathers across replicas, which XLA cannot compile."""
    answers: dict[str, Answer] = {}  # Never changed, only replaced.
    """Of what `predict` gives, the scores of labels: `scores` are the main."""

    def forward(self, player: str, batch: Tensors, seed: Any, step: Any) -> Any:
        """Runs the networks in training mode.

        Args:
            player: the name of whom it is the turn.
            batch: `frames` float32 [B, T, H, W, 3], `label`, `mask`, ...
            seed: int32 [2], for draws of the objective's own.
            step: int64 [], the step of the loop.

        Returns:
            What `losses` needs.
        """
        raise NotImplementedError

    def losses(
        self, player: str, batch: Tensors, outputs: Any, step: Any
    ) -> Tensors:
        """Loss name -> float32 [B]: one value an example, never a mean."""
        raise NotImplementedError

    def predict(self, networks: Networks, frames: Any) -> Tensors:
        """What is served for `frames`, float32 [B, T, H, W, 3]."""
        raise NotImplementedError

    def counts(self, networks: Networks, batch: Tensors) -> Tensors:
        """Metrics of one batch in a form that may be added up.

        Args:
            networks: those to measure; may be averaged copies.
            batch: `frames` float32 [B, views, T, H, W, 3], `label`, `mask`.

        Returns:
            name -> float32; rows with mask 0 count nothing.
        """
        raise NotImplementedError

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """Final metrics, plain Python values, from summed `counts`."""
        raise NotImplementedError
