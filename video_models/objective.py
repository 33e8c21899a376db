"""The interface of objectives: networks, losses and metrics.

The train loop uses objectives through this interface only.
"""

import dataclasses
from typing import Any

import keras
import numpy as np

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import chosen_components, split_network
from video_models.introspection import layer_paths

Tensors = dict[str, Any]
Networks = dict[str, keras.Model]
Components = chosen_components.Components


@dataclasses.dataclass(frozen=True)
class Player:
    """Networks trained together, such as a classifier or one side of a GAN."""

    name: str
    networks: tuple[str, ...]
    """Names of the trained networks."""
    optimizer: keras.optimizers.Optimizer
    every: int = 1
    """Trained in each `every`-th step of the loop."""
    repeats: int = 1
    """Updates per step."""


@dataclasses.dataclass(frozen=True)
class LabelSet:
    """An additional label set, `label.<task>` in batches."""

    labels: tuple[str, ...]
    several: bool = False
    """Whether a clip may have several of the labels."""


@dataclasses.dataclass(frozen=True)
class Task:
    """What the data requires: clips, labels and extra inputs."""

    clip: batch.ClipSpec
    labels: tuple[str, ...]
    label_counts: tuple[int, ...] = ()
    """Training clips per label; empty if unknown."""
    several_labels: bool = False
    tasks: dict[str, LabelSet] = dataclasses.field(default_factory=dict)
    clips: int = 0
    """Number of training clips; 0 if unknown."""
    extra_inputs: dict[str, Any] = dataclasses.field(default_factory=dict)
    """Settings of the extra inputs in batches, by the name of their file in
    `pipelines.extra_inputs`."""
    audio: batch.AudioSpec | None = None
    """Audio of a clip; None: batches hold none."""
    text: batch.TextSpec | None = None
    """Text of a clip; None: batches hold none."""
    steps: int = 0
    """Training steps, for schedules; 0 if unknown."""

    def input_config(self, name: str, needed_by: str) -> Any:
        """Returns the settings of an extra input.

        Args:
            name: name of the extra input.
            needed_by: the flag that needs it, for the message.

        Raises:
            UserError: it is not chosen.
        """
        if name not in self.extra_inputs:
            raise errors.UserError(
                f"{needed_by} needs the entries of --extra_inputs={name}, "
                f"which is not chosen: add --extra_inputs={name}"
            )
        return self.extra_inputs[name]


@dataclasses.dataclass(frozen=True)
class Answer:
    """Interpretation of label scores."""

    labels: tuple[str, ...]
    """Labels in the order of the scores."""
    threshold: float | None = None
    """A clip has all labels with at least this score; None: only the best."""
    unlabelled_is_negative: bool = False
    """Whether clips without labels are negative examples of all labels."""


@dataclasses.dataclass(frozen=True)
class Enhancement:
    """How to apply a network from frames to frames to whole videos."""

    generator: registry.Chosen
    """The generator that built the network."""
    factor: int
    """Upscaling factor of the frames."""

    @property
    def frames(self) -> int:
        """Frames per call; 1: each frame alone."""
        return getattr(self.generator.config, "window", 1)

    @property
    def overlap(self) -> int:
        """Frames at each end that serve as context only."""
        return getattr(self.generator.config, "overlap", 0)

    @property
    def whole(self) -> bool:
        """Whether it needs whole frames instead of tiles."""
        return self.generator.module.SEES_WHOLE_FRAMES

    def network(self, networks: Networks) -> keras.Model:
        """Returns the network `generator` rebuilt for `frames` frames.

        Returns:
            float32 [B, frames, h, w, 3], 0..255, any h and w -> {"frames":
            float32 [B, frames, factor * h, factor * w, 3]}.
        """
        made = self.generator.build(self.factor, self.frames)
        trained = {
            each.path: each.variable
            for each in layer_paths.weights(networks["generator"])
        }
        for each in layer_paths.weights(made):
            each.variable.assign(trained[each.path])
        return made


class Objective:
    """Networks, players, losses and metrics.

    A file of `video_models.objectives` offers `Config`, `TINY` and
    `build(config, components, task, make_optimizer) -> Objective`.
    """

    networks: Networks
    players: tuple[Player, ...]
    needs_gather: bool = False
    """Whether `losses` gathers across replicas, which XLA cannot compile."""
    reference_fingerprint: str = ""
    """Fingerprint of the frozen reference (feature network or style image); a
    resumed run must use the same one."""
    only_logged: frozenset[str] = frozenset()
    """Names of losses that are logged but not optimised."""
    unaveraged: frozenset[str] = frozenset()
    """Names of networks that the loop never averages, over steps or replicas,
    such as teachers. Only `follow` may change them."""
    enhances: Enhancement | None = None
    """How `predict` enhances frames, if it returns frames."""
    answers: dict[str, Answer] = {}  # Never changed, only replaced.
    """Interpretation of the label scores in the result of `predict`; `scores`
    is the main label set."""

    @property
    def extra_state(self) -> dict[str, list[Any]]:
        """Variables to resume from besides networks and optimizers, such as a
        queue or a temperature: name to variables, in a fixed order."""
        return {}

    def follow(self, step: Any) -> None:
        """Updates what follows the networks, such as a teacher or a queue.

        The loop calls it on each replica after the players of a step, never
        compiled by XLA. It must change variables alike on all replicas. A
        teacher copies its student at step 0: `--init.weights` are loaded after
        `build`.

        Args:
            step: int64 [], number of the step just taken, from 0.
        """

    def check_input(self) -> None:
        """Checks, before the first step, what only training needs.

        Raises:
            UserError: something is missing.
        """

    def split(self) -> split_network.SplitNetwork | None:
        """The network whose encoder's features batches may hold as `features`,
        in place of frames; None if the objective needs frames."""
        return None

    def forward(self, player: str, batch: Tensors, seed: Any, step: Any) -> Any:
        """Runs the networks in training mode.

        Args:
            player: name of the player to train.
            batch: `frames` float32 [B, T, H, W, 3], `label`, `mask`, ...
            seed: int32 [2], for random draws of the objective.
            step: int64 [], number of the step.

        Returns:
            The outputs that `losses` needs.
        """
        raise NotImplementedError

    def losses(
        self, player: str, batch: Tensors, outputs: Any, step: Any
    ) -> Tensors:
        """Returns losses by name, float32 [B]: a value per example, no mean."""
        raise NotImplementedError

    def hits(
        self, player: str, batch: Tensors, outputs: Any
    ) -> dict[str, tuple[Any, Any]]:
        """Returns which clips of a training step are right, for its log.

        Returns:
            Name, such as `accuracy`, to two tensors float32 [B]: 1 for the
            clips that are right, and 1 for those that count, as clips
            without a label do not.
        """
        return {}

    def predict(self, networks: Networks, inputs: Any) -> Tensors:
        """Returns the predictions for frames, float32 [B, T, H, W, 3].

        Args:
            networks: networks to predict with.
            inputs: the frames; or a dict of the entries of a batch that a
                network takes, if it sees more than frames.
        """
        raise NotImplementedError

    def counts(self, networks: Networks, batch: Tensors) -> Tensors:
        """Returns metrics of one batch as counts that can be summed.

        Args:
            networks: networks to measure; may be averaged copies.
            batch: `frames` float32 [B, views, T, H, W, 3], `label`, `mask`.

        Returns:
            name -> float32; rows with mask 0 are ignored.
        """
        raise NotImplementedError

    def counts_and_rows(
        self, networks: Networks, batch: Tensors
    ) -> tuple[Tensors, Tensors]:
        """Returns `counts`, and the answers to each clip.

        Args:
            networks: see `counts`.
            batch: see `counts`.

        Returns:
            The counts; and, for each of `answers`, its scores under the same
            name, float32 [B, labels], probabilities averaged over views.
        """
        return self.counts(networks, batch), {}

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """Returns metrics, plain Python values, from summed `counts`."""
        raise NotImplementedError

    def rows(self, networks: Networks, batch: Tensors) -> Tensors:
        """Returns what `report_rows` needs of each clip.

        Args:
            networks: see `counts`.
            batch: see `counts`.

        Returns:
            name -> [B, ...]; rows with mask 0 are dropped. The names differ
            from those of `answers` and of the labels in batches.
        """
        return {}

    def report_rows(self, rows: dict[str, np.ndarray]) -> dict[str, Any]:
        """Returns metrics that need all clips at once, such as of retrieval.

        They join those of `report`.

        Args:
            rows: name -> [clips, ...], of all clips of the split in the order
                of `clip_id`, whatever the batches and devices: those of
                `rows`, of `counts_and_rows`, `clip_id` and the labels. There
                may be no clip, to find the names of the metrics.

        Returns:
            Plain Python values.
        """
        return {}

    def shown(self, networks: Networks, batch: Tensors) -> dict[str, Any]:
        """Returns sample clips to show during training.

        Args:
            networks: networks to show; may be averaged copies.
            batch: clips as in evaluation, with one view.

        Returns:
            title -> clips, float32 [N, T, H, W, 3], 0..255.
        """
        return {}

    def alarm(self, report: dict[str, Any]) -> str | None:
        """Why the run has collapsed, judged from an evaluation report; None if
        it has not."""
        return None
