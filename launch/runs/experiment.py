"""One training run from settings to checkpoints; no flags are needed.

`run(experiment, workdir)` may be called from tests and notebooks; the
command is launch.train.
"""

from __future__ import annotations  # fields bear their modules' names

import dataclasses
import pathlib
from typing import Any

import tensorflow as tf

from launch.runs import devices, initial_weights, run_folder
from launch.training import train_loop, training_run
from pipelines import batch, clip_dataset
from pipelines.audio import sound_features
from pipelines.text import text_tokens
from tfrecords_tools import manifest
from tfrecords_tools.base import registry
from video_models import objective
from video_models.optimization import learning_rates, optimizers


@dataclasses.dataclass(frozen=True)
class Experiment:
    """All that a run depends on."""

    shards: str
    parts: objective.Parts
    objective: registry.Chosen
    augmentations: tuple[registry.Chosen, ...] = ()
    views: tuple[registry.Chosen, ...] = ()
    clip: batch.ClipSpec = batch.ClipSpec()
    sound: sound_features.Config = sound_features.Config()
    text: text_tokens.Config = text_tokens.Config()
    reader: clip_dataset.Config = clip_dataset.Config()
    init: initial_weights.Config = initial_weights.Config()
    train: train_loop.Config = train_loop.Config()
    optimizer: optimizers.Config = optimizers.Config()
    learning_rate: learning_rates.Config = learning_rates.Config()
    devices: devices.Config = devices.Config()
    features: str | None = None
    """Folder of the run whose network tells what looks alike."""

    @property
    def input(self) -> clip_dataset.Input:
        """What its batches hold."""
        return clip_dataset.Input(
            self.clip,
            self.augmentations,
            self.views,
            self.sound,
            self.text,
            self.reader,
        )

    def task(self, found: manifest.Manifest) -> objective.Task:
        """What the shards ask of a model."""
        return objective.Task(
            self.clip,
            found.labels,
            tuple(found.label_counts.get("train", ())),
            found.several_labels,
            {
                name: objective.LabelSet(labels, name in found.several_tasks)
                for name, labels in found.tasks.items()
            },
            sum(shard.clips for shard in found.splits.get("train", ())),
        )

    def build_objective(self, task: objective.Task) -> objective.Objective:
        """The objective with fresh networks, in the current scope."""

        def make_optimizer():
            rate = learning_rates.build(self.learning_rate, self.train.steps)
            return optimizers.build(self.optimizer, rate)

        inputs = {each.name: each.config for each in self.views}
        task = dataclasses.replace(task, extra_inputs=inputs)
        parts = self.parts
        if self.features:
            # Here, since it reads flags, which describe experiments.
            from launch.runs import trained_features

            features = trained_features.backbone(self.features, task.clip)
            parts = dataclasses.replace(parts, features=features)
        return self.objective.build(parts, task, make_optimizer)

    def train_loop(
        self, found: manifest.Manifest, strategy: tf.distribute.Strategy
    ) -> train_loop.TrainLoop:
        """What takes its steps, with fresh networks."""
        task = self.task(found)
        return train_loop.TrainLoop(
            lambda: self.build_objective(task),
            strategy,
            self.train,
            devices.compiles(self.devices),
            lambda gradients, variables: optimizers.penalty_gradients(
                self.optimizer, gradients, variables
            ),
            self.reader.on_corrupt == "skip",
        )


def run(experiment: Experiment, workdir: str | pathlib.Path) -> dict[str, Any]:
    """Trains to the end, going on from the newest checkpoint if there is one.

    Args:
        experiment: the settings.
        workdir: gets checkpoints/, tensorboard/ and losses.csv.

    Returns:
        The report on the validation split; empty where there is none.

    Raises:
        UserError: wrong input; another run writes there; a loss that is
            not finite.
        SystemExit: SIGTERM or Ctrl-C came; a checkpoint was written.
    """
    with run_folder.claimed(workdir, experiment.devices):
        return training_run.Run(experiment, workdir).to_the_end()
