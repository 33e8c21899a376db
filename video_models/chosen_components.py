"""The files that a run chooses for its networks."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import modality_features, network_inputs


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
    """A trained feature network, see `feature_network`; None if unused, such
    as outside of training."""
    audio_backbone: registry.Chosen | None = None
    text_backbone: registry.Chosen | None = None
    fusion: registry.Chosen | None = None

    @property
    def backbones(self) -> dict[str, registry.Chosen]:
        """Modality to what encodes it, in the order of the networks."""
        return {
            name: chosen
            for name, component in network_inputs.BACKBONES.items()
            if (chosen := getattr(self, component)) is not None
        }

    @property
    def modalities(self) -> tuple[str, ...]:
        """What the networks see, in their order; without any backbone, such
        as for a generator, frames."""
        return tuple(self.backbones) or (network_inputs.FRAMES,)

    @property
    def pretrained(self) -> dict[str, registry.Chosen]:
        """Backbones that start from weights, by the names of their flags."""
        return {
            name: chosen
            for name in network_inputs.BACKBONES.values()
            if (chosen := getattr(self, name)) is not None
            and getattr(chosen.config, "weights", None)
        }

    def further(
        self, audio: batch.AudioSpec | None, text: batch.TextSpec | None
    ) -> modality_features.Further | None:
        """What the networks see besides frames; None for frames alone.

        Args:
            audio: of the clips in batches.
            text: of the clips in batches.
        """
        if self.audio_backbone is None and self.text_backbone is None:
            return None
        return modality_features.Further(
            audio if self.audio_backbone else None,
            self.audio_backbone,
            text if self.text_backbone else None,
            self.text_backbone,
            self.fusion,
        )

    def check_generator(self, goal: str, makes: str, such_as: str) -> None:
        """Raises UserError if the generator does not fit the objective.

        Args:
            goal: value of --objective.
            makes: required value of `MAKES` in the generator's file.
            such_as: name of a suitable generator.
        """
        if self.generator.module.MAKES != makes:
            raise errors.UserError(
                f"--generator={self.generator.name} with --objective={goal}: "
                f"wanted one that makes {makes}, such as {such_as}"
            )

    def discriminators(
        self, clip: batch.ClipSpec, classes: int = 0
    ) -> dict[str, keras.Model]:
        """Builds the discriminators, by name.

        Args:
            clip: shape of the clips.
            classes: number of labels to condition on; 0 for none.
        """
        return {
            chosen.name: chosen.build(clip, classes)
            for chosen in self.discriminator
        }
