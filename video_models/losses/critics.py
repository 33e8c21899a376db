"""The discriminators of an objective: what they learn, and who fools them."""

from typing import Any

import keras

from video_models.losses import adversarial_losses

ops = keras.ops
ACCURACY = "accuracy"


class Critics:
    """Some discriminators that play one game.

    Attributes:
        networks: name to discriminator; none where nobody judges.
    """

    def __init__(
        self,
        networks: dict[str, keras.Model],
        game: str,
        gradient_penalty: float = 0.0,
    ):
        """Takes the networks, one of `GAMES`, and the weight of R1."""
        self.networks = networks
        self._game = adversarial_losses.GAMES[game]
        self._penalty = gradient_penalty

    def losses(self, real: Any, made: Any, label: dict) -> dict[str, Any]:
        """What they learn from.

        Args:
            real: clips, float32 [B, T, H, W, 3], 0..255.
            made: the same; no gradient passes through them.
            label: `label` float32 [B, classes], where there are labels.

        Returns:
            Of each `<name>_penalty` if it has a weight, `<name>_real` and
            `<name>_made`; `ACCURACY`, the share that they are right about,
            which is only to be logged.
        """
        found: dict[str, Any] = {}
        rights = []
        made = ops.stop_gradient(made)
        for name, critic in self.networks.items():
            of_real, penalty = self._of_real(critic, real, label)
            if self._penalty:
                found[f"{name}_penalty"] = self._penalty * penalty
            of_made = critic({"frames": made, **label}, training=True)
            found[f"{name}_real"] = self._game.real(of_real)
            found[f"{name}_made"] = self._game.made(of_made)
            rights.append(adversarial_losses.accuracy(of_real, of_made))
        return {**found, ACCURACY: sum(rights) / len(rights)}

    def fooled(self, made: Any, label: dict) -> dict[str, Any]:
        """What a generator learns from, by the names of those to fool."""
        return {
            name: self._game.fooled(
                critic({"frames": made, **label}, training=False)
            )
            for name, critic in self.networks.items()
        }

    def _of_real(self, critic: Any, real: Any, label: dict) -> tuple:
        """Logits, and the penalty on their slope where there is one."""

        def judged(frames: Any) -> Any:
            return critic({"frames": frames, **label}, training=True)

        if self._penalty:
            return adversarial_losses.gradient_penalty(judged, real)
        return judged(real), None
