"""Restores a trained run from its folder."""

import dataclasses
import pathlib
from typing import Any

import keras
import tensorflow as tf

from launch.runs import checkpoints, devices, flag_paths, run_flags
from launch.runs import experiment as experiments
from tfrecords_tools.base import errors, settings
from tfrecords_tools.media import reader
from tfrecords_tools.media.audio import audio_reader
from video_models import objective
from video_models.weights import recorded_metadata


def load_run(
    workdir: str, shards: str | None = None, checkpoint: str = "newest"
) -> "RestoredRun":
    """Loads a checkpoint of a run.

    Args:
        workdir: folder of the run.
        shards: folder of the shards; None for those of the run.
        checkpoint: newest, best or a step.

    Raises:
        UserError: there is no run, or no such checkpoint.
    """
    experiment = run_flags.read_experiment(workdir)
    if shards:
        experiment = dataclasses.replace(experiment, shards=shards)
    return RestoredRun(experiment, pathlib.Path(workdir), checkpoint)


class RestoredRun:
    """A trained run: its experiment, labels and averaged networks.

    Everything is read from the run's folder; its shards may be missing. It
    cannot be trained: optimizers and unaveraged weights are not loaded.
    """

    def __init__(
        self,
        experiment: experiments.Experiment,
        workdir: pathlib.Path,
        checkpoint: str = "newest",
    ):
        """Restores the averaged networks of a checkpoint."""
        saved = checkpoints.Checkpoints(workdir / "checkpoints")
        # The reference network may be missing, too.
        experiment = dataclasses.replace(
            experiment,
            components=flag_paths.with_stored_weights(experiment.components),
            reference=None,
        )
        self.experiment, self.step = experiment, saved.chosen(checkpoint)
        metadata = recorded_metadata.upgrade(saved.metadata(self.step))
        self.labels = tuple(metadata["labels"])
        self.media = settings.from_dict(reader.Config, metadata["media"])
        self.audio_media = _audio_media(metadata)
        # Devices of the training run do not matter.
        here = dataclasses.replace(
            experiment.devices, strategy="auto", logical_cpus=None
        )
        self.strategy = _start(here)
        self.task = recorded_metadata.task(metadata, experiment.clip)
        with self.strategy.scope():
            keras.utils.set_random_seed(experiment.train.seed)
            self.objective: objective.Objective = experiment.build_objective(
                self.task
            )
            self.networks: dict[str, keras.Model] = self.objective.networks
            self._restore(saved, checkpoint)

    def _restore(self, saved: checkpoints.Checkpoints, which: str) -> None:
        """Restores the networks, of a newer step if training continued."""
        while True:
            try:
                return saved.restore_averages(self.step, self.networks)
            except errors.UserError:
                newer = saved.chosen(which)
                if newer == self.step:
                    raise
                self.step = newer


def _audio_media(metadata: dict[str, Any]) -> audio_reader.Config | None:
    """How the audio of the shards was read; earlier runs recorded its rate."""
    if "audio" not in metadata:
        return None
    values = metadata.get("audio_media") or {"rate": metadata["audio"]["rate"]}
    return settings.from_dict(audio_reader.Config, values)


def _start(config: devices.Config) -> tf.distribute.Strategy:
    try:
        return devices.start(config)
    except errors.UserError:
        # Threads were set when another run was loaded; they cannot change.
        return devices.start(dataclasses.replace(config, threads=None))
