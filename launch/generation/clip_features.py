"""Features and predicted labels of clips, by a trained classifier.

The metrics of generated clips use them. A hash of the weights identifies the
network, so that metrics of different networks are not compared.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from launch.runs import restored_run
from pipelines import batch
from tfrecords_tools.base import errors
from video_models import network_inputs
from video_models.introspection import last_features, weight_fingerprint

_COMPARED = (
    "frames", "sampling", "stride", "stride_seconds", "size",
    "scaled_short_side",
)  # fmt: skip


class ClipFeatures(NamedTuple):
    """Features of N clips.

    Attributes:
        features: float32 [N, D], the inputs of the last linear layer.
        labels: int32 [N], ids of the labels with the best scores.
    """

    features: np.ndarray
    labels: np.ndarray


class FeatureNetwork:
    """The averaged network of a classifier's run.

    Attributes:
        workdir: folder of the run.
        clip: of its input.
        labels: its classes.
        trained: the run.
        fingerprint: of its weights, see `weight_fingerprint`.
    """

    def __init__(self, trained: restored_run.RestoredRun, workdir: str):
        """Raises UserError unless the last layer is a linear classifier."""
        self.trained, self.workdir = trained, workdir
        self.clip, self.labels = trained.experiment.clip, trained.labels
        check_classifier(trained, workdir)
        (network,) = trained.networks.values()
        self.fingerprint = weight_fingerprint.compute(network)
        beside = last_features.beside_logits(network)
        self._batch_size = trained.experiment.train.batch_size

        @tf.function(
            input_signature=[tf.TensorSpec((None, *self.clip.shape), tf.uint8)],
            autograph=False,
        )
        def compute(clips: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            pixels = tf.cast(clips, tf.float32)
            features, logits = beside(pixels, training=False)
            return features, tf.argmax(logits, -1, tf.int32)

        self._compute = compute

    def extract(self, clips: np.ndarray) -> ClipFeatures:
        """Computes features and labels in batches.

        Args:
            clips: uint8 [N, T, H, W, 3], shaped like the network's input;
                N at least 1.

        Raises:
            UserError: the number of frames or the size differs.
        """
        if clips.shape[1:] != self.clip.shape:
            frames, height, width = clips.shape[1:4]
            raise errors.UserError(
                f"got clips of {frames} frames of {height}x{width}, wanted "
                f"{self.clip.frames} of {self.clip.size}x{self.clip.size} for "
                f"{self.workdir}: train a feature network with "
                f"--clip.frames={frames} --clip.size={height}"
            )
        starts = range(0, len(clips), self._batch_size)
        outputs = [
            self._compute(clips[i : i + self._batch_size]) for i in starts
        ]
        features, labels = zip(*outputs, strict=True)
        return ClipFeatures(np.concatenate(features), np.concatenate(labels))

    def check_clip(self, other: batch.ClipSpec, owner: str) -> None:
        """Raises UserError if the clips of `owner` are sampled differently."""
        differ = [
            f"{name} {getattr(other, name)}, here {getattr(self.clip, name)}"
            for name in _COMPARED
            if getattr(other, name) != getattr(self.clip, name)
        ]
        if differ:
            raise errors.UserError(
                f"{owner} has other clips than {self.workdir}: "
                f"{'; '.join(differ)}. Clips are not rescaled, as that "
                "would change the metrics: train a feature network with the "
                "--clip flags of the samples"
            )


def check_classifier(trained: restored_run.RestoredRun, workdir: str) -> None:
    """Raises UserError unless the run has one network, which scores labels."""
    is_one = len(trained.networks) == 1
    if not is_one or "scores" not in trained.objective.answers:
        raise errors.UserError(
            f"{workdir} is a run of --objective="
            f"{trained.experiment.objective.name}, not a "
            "classifier: wanted one of --objective=classification"
        )
    network_inputs.check_frames_alone(
        trained.experiment.components.modalities, "this command"
    )


def load_network(workdir: str) -> FeatureNetwork:
    """Loads the newest averaged network of a run of launch.train.

    Raises:
        UserError: there is no such run, or it has no linear classifier.
    """
    return FeatureNetwork(restored_run.load_run(workdir), workdir)
