"""Samples clips from a trained generator."""

import pathlib

import numpy as np
import tensorflow as tf

from launch.runs import restored_run
from pipelines import batch
from pipelines.decoding import frame_decoding
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names
from video_models.objectives import gan

_AT_ONCE = 16


class Sampler:
    """The averaged generator of a run.

    Attributes:
        clip: shape and rate of the generated clips.
        labels: of a conditional generator, else empty.
        step: of the checkpoint.
    """

    def __init__(self, trained: restored_run.RestoredRun):
        """Raises UserError if the run has no generator of clips."""
        if not isinstance(trained.objective, gan.Gan):
            raise errors.UserError(
                f"the run was trained with --objective="
                f"{trained.experiment.objective.name}, which generates no "
                "clips from noise: wanted one with --objective=gan"
            )
        self._objective, self._networks = trained.objective, trained.networks
        self.clip: batch.ClipSpec = trained.experiment.clip
        self.labels: tuple[str, ...] = self._objective.labels
        self.step = trained.step

    def sample(
        self, count: int, seed: int = 0, label: str | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Generates clips; equal seeds give equal clips.

        Args:
            count: number of clips.
            seed: of the noise.
            label: of all clips; None for every label in turn.

        Returns:
            uint8 [count, T, H, W, 3], and label ids int32 [count], None for
            an unconditional generator.

        Raises:
            UserError: there is no such label.
        """
        labels = self._labels(count, label)
        noise = np.random.default_rng(seed).standard_normal(
            (count, *self._objective.noise_shape), np.float32
        )
        generated = [
            self._generate(
                noise[first : first + _AT_ONCE],
                labels[first : first + _AT_ONCE],
            )
            for first in range(0, count, _AT_ONCE)
        ]
        clips = np.concatenate(generated)
        return clips, labels if self.labels else None

    def _labels(self, count: int, label: str | None) -> np.ndarray:
        if label is None:
            return np.arange(count, dtype=np.int32) % max(1, len(self.labels))
        labels = [names.normalized(each) for each in self.labels]
        name = names.normalized(label)
        if name not in labels:
            known = ", ".join(self.labels) or "none"
            raise errors.UserError(
                f"--label={label}: the generator's labels are {known}"
            )
        return np.full(count, labels.index(name), np.int32)

    def _generate(self, noise: np.ndarray, labels: np.ndarray) -> np.ndarray:
        generated = self._objective.generate(
            self._networks, tf.constant(noise), tf.constant(labels)
        )
        return frame_decoding.to_uint8(generated).numpy()


def load_sampler(
    workdir: str | pathlib.Path, checkpoint: str = "newest"
) -> Sampler:
    """Loads the generator of a run, see `restored_run.load_run`."""
    return Sampler(restored_run.load_run(str(workdir), checkpoint=checkpoint))
