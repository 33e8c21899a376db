"""What an objective is: it owns its networks and says what is good.

The train loop knows objectives only by what stands here.
"""

import dataclasses
from typing import Any

import keras
import numpy as np

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models.introspection import layer_paths

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
    extra_inputs: dict[str, Any] = dataclasses.field(default_factory=dict)
    """Files of `pipelines.extra_inputs` whose entries batches have, by name,
    with their settings."""

    def input_config(self, name: str, needed_by: str) -> Any:
        """The settings of an extra input.

        Args:
            name: of its file.
            needed_by: what cannot do without it, for the message.

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
    """How scores of labels are read."""

    labels: tuple[str, ...]
    """In the order of the scores."""
    threshold: float | None = None
    """A clip has all labels whose score reaches it; None: only the best."""
    unlabelled_is_negative: bool = False
    """Whether clips without labels teach that they have none of them."""


@dataclasses.dataclass(frozen=True)
class Components:
    """The components chosen for an objective's networks.

    A file of `video_models.objectives` lists those that it uses in
    `COMPONENTS`; all others are None or empty.
    """

    backbone: registry.Chosen | None = None
    temporal: registry.Chosen | None = None
    head: registry.Chosen | None = None
    generator: registry.Chosen | None = None
    discriminator: tuple[registry.Chosen, ...] = ()
    features: keras.Model | None = None
    """A trained network that tells what looks alike, see
    `feature_network`; None where there is none, as when nothing is trained."""

    def check_generator(self, goal: str, makes: str, such_as: str) -> None:
        """Raises UserError where the generator makes something else.

        Args:
            goal: the value of --objective.
            makes: what the generator's file has to say in `MAKES`.
            such_as: one that does.
        """
        if self.generator.module.MAKES != makes:
            raise errors.UserError(
                f"--generator={self.generator.name} with --objective={goal}: "
                f"wanted one that makes {makes}, such as {such_as}"
            )

    def discriminators(
        self, clip: batch.ClipSpec, classes: int = 0
    ) -> dict[str, keras.Model]:
        """Builds them, by their names.

        Args:
            clip: shape of the clips that are judged.
            classes: number of labels to condition on; 0 for none.
        """
        return {
            chosen.name: chosen.build(clip, classes)
            for chosen in self.discriminator
        }


@dataclasses.dataclass(frozen=True)
class Enhancement:
    """How a network that makes frames of frames is used on whole videos."""

    generator: registry.Chosen
    """The file of `video_models.generators` that built it."""
    factor: int
    """How many times larger the frames become."""

    @property
    def frames(self) -> int:
        """So many are seen at once; 1: each alone."""
        return getattr(self.generator.config, "piece", 1)

    @property
    def overlap(self) -> int:
        """Of those, how many at each end only help the others."""
        return getattr(self.generator.config, "overlap", 0)

    @property
    def whole(self) -> bool:
        """Whether it has to see all of a frame, and not tiles of it."""
        return self.generator.module.SEES_WHOLE_FRAMES

    def network(self, networks: Networks) -> keras.Model:
        """The network `generator`, for so many frames.

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
    """Of what `losses` gives, that which nobody learns from."""
    enhances: Enhancement | None = None
    """What it does to frames, where `predict` gives frames."""
    answers: dict[str, Answer] = {}  # Never changed, only replaced.
    """Of what `predict` gives, the scores of labels: `scores` are the main."""

    def check_input(self) -> None:
        """Refuses, before a first step, what cannot be trained with.

        Raises:
            UserError: something is missing that only training needs.
        """

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

    def shown(self, networks: Networks, batch: Tensors) -> dict[str, Any]:
        """What a person looks at while it trains.

        Args:
            networks: those to show; may be averaged copies.
            batch: some clips as in evaluation, with one view.

        Returns:
            title -> clips, float32 [N, T, H, W, 3], 0..255.
        """
        return {}

    def alarm(self, report: dict[str, Any]) -> str | None:
        """Why training is worth nothing any more, by an evaluation's report."""
        return None
