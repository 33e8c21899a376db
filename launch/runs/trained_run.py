"""A trained run, read back from its folder."""

import dataclasses
import pathlib

import keras
import tensorflow as tf

from launch.runs import checkpoints, devices, run_flags
from launch.runs import experiment as experiments
from tfrecords_tools.base import errors, settings
from tfrecords_tools.media import reader
from video_models import objective
from video_models.weights import recorded_metadata


def load_run(
    workdir: str, shards: str | None = None, checkpoint: str = "newest"
) -> "TrainedRun":
    """A checkpoint of a run.

    Args:
        workdir: the run's folder.
        shards: other shards than those of the run, where they moved.
        checkpoint: newest, best, or its step.

    Raises:
        UserError: there is no run, or none with a checkpoint.
    """
    experiment = run_flags.read_experiment(workdir)
    if shards:
        experiment = dataclasses.replace(experiment, shards=shards)
    return TrainedRun(experiment, pathlib.Path(workdir), checkpoint)


class TrainedRun:
    """A trained run: its experiment, labels and averaged networks.

    All of it comes from the run's folder; its shards may be gone. There is
    nothing to train with: neither optimizers nor weights before averaging.
    """

    def __init__(
        self,
        experiment: experiments.Experiment,
        workdir: pathlib.Path,
        checkpoint: str = "newest",
    ):
        """Restores the averaged networks of a checkpoint."""
        saved = checkpoints.Checkpoints(workdir / "checkpoints")
        components = experiment.components
        # They are in the checkpoint; the file may be gone. What only teaches
        # may be gone, too.
        backbone = components.backbone
        if backbone is not None:
            backbone = run_flags.without_files(backbone)
        experiment = dataclasses.replace(
            experiment,
            components=dataclasses.replace(components, backbone=backbone),
            reference=None,
        )
        self.experiment, self.step = experiment, saved.chosen(checkpoint)
        metadata = recorded_metadata.upgrade(saved.metadata(self.step))
        self.labels = tuple(metadata["labels"])
        self.media = settings.from_dict(reader.Config, metadata["media"])
        # Where it was trained does not matter any more.
        here = dataclasses.replace(
            experiment.devices, strategy="auto", logical_cpus=None
        )
        self.strategy = _start(here)
        task = recorded_metadata.task(metadata, experiment.clip)
        with self.strategy.scope():
            keras.utils.set_random_seed(experiment.train.seed)
            self.objective: objective.Objective = experiment.build_objective(
                task
            )
            self.networks: dict[str, keras.Model] = self.objective.networks
            self._restore(saved, checkpoint)

    def _restore(self, saved: checkpoints.Checkpoints, which: str) -> None:
        """Restores the networks, of a newer step where training went on."""
        while True:
            try:
                return saved.restore_averages(self.step, self.networks)
            except errors.UserError:
                newer = saved.chosen(which)
                if newer == self.step:
                    raise
                self.step = newer


def _start(config: devices.Config) -> tf.distribute.Strategy:
    try:
        return devices.start(config)
    except errors.UserError:
        # Another run was opened before, and its threads are there to stay.
        return devices.start(dataclasses.replace(config, threads=None))
