"""The discriminators of an objective: their losses and the generator's."""

from typing import Any

import keras

from video_models.losses import adversarial_losses

ops = keras.ops
ACCURACY = "accuracy"


class Discriminators:
    """A set of discriminators trained with one GAN loss.

    Attributes:
        networks: discriminator by name; may be empty.
    """

    def __init__(
        self,
        networks: dict[str, keras.Model],
        gan_loss: str,
        gradient_penalty: float = 0.0,
    ):
        """Takes the networks, a name in `GAN_LOSSES` and the weight of R1."""
        self.networks = networks
        self._gan_loss = adversarial_losses.GAN_LOSSES[gan_loss]
        self._penalty = gradient_penalty

    def losses(self, real: Any, generated: Any, label: dict) -> dict[str, Any]:
        """The losses of the discriminators.

        Args:
            real: clips, float32 [B, T, H, W, 3], 0..255.
            generated: like `real`; gradients are stopped here.
            label: `label` float32 [B, classes], if there are labels.

        Returns:
            Per discriminator `<name>_penalty` if R1 has a weight,
            `<name>_real` and `<name>_made`; and `ACCURACY`, logged only.
            The names are columns of `losses.csv`, which resumed runs extend.
        """
        found: dict[str, Any] = {}
        rights = []
        generated = ops.stop_gradient(generated)
        for name, discriminator in self.networks.items():
            of_real, penalty = self._of_real(discriminator, real, label)
            if self._penalty:
                found[f"{name}_penalty"] = self._penalty * penalty
            of_generated = discriminator(
                {"frames": generated, **label}, training=True
            )
            found[f"{name}_real"] = self._gan_loss.real(of_real)
            found[f"{name}_made"] = self._gan_loss.generated(of_generated)
            rights.append(adversarial_losses.accuracy(of_real, of_generated))
        return {**found, ACCURACY: sum(rights) / len(rights)}

    def generator_losses(self, generated: Any, label: dict) -> dict[str, Any]:
        """The generator loss per discriminator, by its name."""
        return {
            name: self._gan_loss.generator_loss(
                discriminator({"frames": generated, **label}, training=False)
            )
            for name, discriminator in self.networks.items()
        }

    def _of_real(self, discriminator: Any, real: Any, label: dict) -> tuple:
        """Logits, and their gradient penalty or None."""

        def logits_of(frames: Any) -> Any:
            return discriminator({"frames": frames, **label}, training=True)

        if self._penalty:
            return adversarial_losses.gradient_penalty(logits_of, real)
        return logits_of(real), None
