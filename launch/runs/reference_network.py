"""The backbone of a trained run as a reference feature network."""

import dataclasses
import pathlib

import keras

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models.introspection import layer_paths
from video_models.weights import run_checkpoints


@dataclasses.dataclass(frozen=True)
class Reference:
    """A trained backbone and its configuration."""

    workdir: str
    """Folder of the run."""
    backbone: registry.Chosen
    """Module and settings, without initial weights."""

    def build(self, clip: batch.ClipSpec) -> keras.Model:
        """The backbone with its averaged weights, for clips of any shape.

        Layers that depend on the shape of the clip keep their initial
        weights: features are taken from the layers before them.

        Args:
            clip: shape of its input.

        Raises:
            UserError: the run has no checkpoint, or none of its weights fit.
        """
        network = self.backbone.build(clip)
        arrays = run_checkpoints.averaged_weights(pathlib.Path(self.workdir))
        # Their paths begin with the objective's network, then the backbone.
        weights = {
            name.partition("/")[2]: value for name, value in arrays.items()
        }
        names = layer_paths.names(network)
        fitted = 0
        for variable, name in zip(network.variables, names, strict=True):
            value = weights.get(f"{network.name}/{name}")
            if value is not None and tuple(value.shape) == tuple(
                variable.shape
            ):
                variable.assign(value)
                fitted += 1
        if not fitted:
            raise errors.UserError(
                f"--features: no weight of {self.workdir} fits its own "
                f"backbone {self.backbone.name}: was it trained with another "
                "version?"
            )
        return network
