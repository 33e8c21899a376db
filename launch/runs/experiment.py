"""The settings of a training run.

Builds the objective with its networks; `launch.training` trains them.
"""

from __future__ import annotations  # fields are named after their modules

import dataclasses

from launch.runs import (
    devices,
    feature_settings,
    reference_network,
    train_settings,
)
from pipelines import batch, clip_dataset
from pipelines.audio import audio_features
from pipelines.text import text_tokens
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import registry
from video_models import network_inputs, objective
from video_models.optimization import learning_rates, optimizers
from video_models.weights import initial_weights


@dataclasses.dataclass(frozen=True)
class Experiment:
    """Every setting that a run depends on."""

    shards: str
    components: objective.Components
    objective: registry.Chosen
    augmentations: tuple[registry.Chosen, ...] = ()
    extra_inputs: tuple[registry.Chosen, ...] = ()
    clip: batch.ClipSpec = batch.ClipSpec()
    audio: audio_features.Config = audio_features.Config()
    text: text_tokens.Config = text_tokens.Config()
    reader: clip_dataset.Config = clip_dataset.Config()
    init: initial_weights.Config = initial_weights.Config()
    train: train_settings.Config = train_settings.Config()
    feature_cache: feature_settings.Config = feature_settings.Config()
    optimizer: optimizers.Config = optimizers.Config()
    learning_rate: learning_rates.Config = learning_rates.Config()
    devices: devices.Config = devices.Config()
    reference: reference_network.Reference | None = None
    """The trained network for objectives that compare features."""

    @property
    def input(self) -> clip_dataset.Input:
        """The contents of its batches."""
        return clip_dataset.Input(
            self.clip,
            self.augmentations,
            self.extra_inputs,
            self.audio,
            self.text,
            self.reader,
            network_inputs.FRAMES in self.components.modalities,
        )

    def task(self, manifest: manifests.Manifest) -> objective.Task:
        """The task that the shards define.

        Raises:
            UserError: the shards lack the requested audio or text.
        """
        return objective.Task(
            self.clip,
            manifest.labels,
            tuple(manifest.label_counts.get("train", ())),
            manifest.several_labels,
            {
                name: objective.LabelSet(labels, name in manifest.several_tasks)
                for name, labels in manifest.tasks.items()
            },
            sum(shard.clips for shard in manifest.splits.get("train", ())),
            audio=audio_features.spec(
                self.audio, self.clip, audio_features.stored_rate(manifest)
            ),
            text=text_tokens.spec(self.text, manifest),
        )

    def build_objective(self, task: objective.Task) -> objective.Objective:
        """The objective with fresh networks, in the current scope."""

        def make_optimizer():
            rate = learning_rates.build(self.learning_rate, self.train.steps)
            return optimizers.build(self.optimizer, rate)

        inputs = {each.name: each.config for each in self.extra_inputs}
        task = dataclasses.replace(
            task, extra_inputs=inputs, steps=self.train.steps
        )
        components = self.components
        if self.reference is not None:
            features = self.reference.build(task.clip)
            components = dataclasses.replace(components, features=features)
        return self.objective.build(components, task, make_optimizer)
