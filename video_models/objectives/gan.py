"""Generative adversarial networks: clips from noise.

The noise is part of the batch (`--extra_inputs=noise`), so that a step is the
same on any number of devices and after a resume.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tfrecords_tools.base import errors, settings
from video_models import objective
from video_models.layers.images import frame_folding
from video_models.losses import (
    adversarial_losses,
    diff_augment,
    discriminator_losses,
)

ops = keras.ops
COMPONENTS = ("generator", "discriminator")
GENERATOR = "content_motion"
DISCRIMINATORS = ("image", "video")
_AUGMENTATIONS = ", ".join(diff_augment.KINDS)
_COARSE = 8  # Side of the frames that diversity is measured on, pixels.


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the GAN loss and its regularisation."""

    gan_loss: str = settings.setting(
        "non_saturating",
        adversarial_losses.HELP,
        choices=tuple(adversarial_losses.GAN_LOSSES),
    )
    labels: bool = settings.setting(
        True, "Condition on labels, if the data has them."
    )
    gradient_penalty: float = settings.setting(
        0.0,
        "Weight of R1, the squared gradient of the discriminators at real "
        "clips (pixels in 0..1); doubles the cost of a step.",
        minimum=0.0,
    )
    diff_augment: tuple[str, ...] = settings.setting(
        (),
        "DiffAugment for small data: augmentations of both real and generated "
        f"clips, comma-separated; some of {_AUGMENTATIONS}.",
    )
    min_diversity: float = settings.setting(
        0.2,
        "Minimum diversity of generated clips relative to real clips of the "
        "same label; less raises an alarm, see --train.on_alarm.",
        minimum=0.0,
    )


TINY = Config(gradient_penalty=0.01, diff_augment=diff_augment.KINDS)


def build(
    config: Config,
    components: objective.Components,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> "Gan":
    """Builds the objective; UserError if components or settings do not fit."""
    components.check_generator("gan", "frames of noise", GENERATOR)
    if not components.discriminator:
        raise errors.UserError(
            "--objective=gan without --discriminator: wanted some, such as "
            "image,video"
        )
    unknown = [x for x in config.diff_augment if x not in diff_augment.KINDS]
    if unknown:
        raise errors.UserError(
            f"--objective.diff_augment has {unknown[0]!r}: wanted some of "
            f"{_AUGMENTATIONS}"
        )
    return Gan(config, components, task, make_optimizer)


class Gan(objective.Objective):
    """A network `generator`, and one network per discriminator."""

    only_logged = frozenset({discriminator_losses.ACCURACY})

    def __init__(
        self,
        config: Config,
        components: objective.Components,
        task: objective.Task,
        make_optimizer: Callable[[], keras.optimizers.Optimizer],
    ):
        """See `build`."""
        self._config = config
        self.labels = task.labels if config.labels else ()
        classes = len(self.labels)
        noise = task.input_config("noise", "--objective=gan").length
        generator = components.generator.build(task.clip, classes, noise)
        self._discriminators = discriminator_losses.Discriminators(
            components.discriminators(task.clip, classes),
            config.gan_loss,
            config.gradient_penalty,
        )
        self.networks = {
            **self._discriminators.networks,
            "generator": generator,
        }
        self.players = (
            objective.Player(
                "discriminator",
                tuple(self._discriminators.networks),
                make_optimizer(),
            ),
            objective.Player("generator", ("generator",), make_optimizer()),
        )

    @property
    def noise_shape(self) -> tuple[int, int]:
        """Shape of the noise of a clip, (1 + T, length)."""
        return tuple(self.networks["generator"].input["noise"].shape[1:])

    def forward(self, player: str, batch: dict, seed: Any, step: Any) -> Any:
        """Returns generated clips, float32 [B, T, H, W, 3]."""
        label = batch.get("label")
        return self.generate(self.networks, batch["noise"], label, True)

    def generate(
        self, networks: dict, noise: Any, label: Any, training: bool = False
    ) -> Any:
        """Generates clips, float32 [B, T, H, W, 3], 0..255.

        Args:
            networks: networks to use.
            noise: float32 [B, 1 + T, length].
            label: int32 [B], or soft, float32 [B, classes]; ignored without
                labels.
            training: whether to run in training mode.
        """
        given = {"noise": noise, **self._label(label)}
        return networks["generator"](given, training=training)

    def losses(
        self, player: str, batch: dict, outputs: Any, step: Any
    ) -> dict[str, Any]:
        """Returns `<name>_real`, `<name>_made`, the penalty of each
        discriminator and their accuracy; or, for the generator,
        `<name>_fooled`. The names are columns of `losses.csv`, which resumed
        runs extend."""
        label = self._label(batch.get("label"))
        generated = self._changed(outputs, batch, 1)
        if player == "discriminator":
            real = self._changed(batch["frames"], batch, 0)
            return self._discriminators.losses(real, generated, label)
        generator_loss = self._discriminators.generator_losses(generated, label)
        return {f"{name}_fooled": loss for name, loss in generator_loss.items()}

    def predict(self, networks: dict, frames: Any) -> dict[str, Any]:
        """Returns `realism` float32 [B], the mean logit of the discriminators
        without label."""
        blank = ops.zeros((ops.shape(frames)[0], len(self.labels)))
        label = {"label": blank} if self.labels else {}
        logits = [
            networks[name]({"frames": frames, **label}, training=False)
            for name in self._discriminators.networks
        ]
        return {"realism": sum(logits) / len(logits)}

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns sums over clips for `report`."""
        real = ops.cast(batch["frames"][:, 0], "float32")
        noise, label = batch["noise"][:, 0], batch.get("label")
        generated = self.generate(networks, noise, label)
        other = self.generate(networks, batch["other_noise"][:, 0], label)
        mask = ops.cast(batch["mask"], "float32")
        found = {"clips": ops.sum(mask)}
        apart = (_coarse(generated) - _coarse(other)) ** 2
        apart = ops.mean(apart, axis=(1, 2, 3, 4))
        found["generated_apart"] = ops.sum(apart * mask)
        shares = self._label(label).get("label", mask[:, None])
        shares = shares * mask[:, None]
        coarse = _coarse(real)
        found["labelled"] = ops.sum(shares, axis=0)
        found["real_sums"] = ops.einsum("bl,bthwc->lthwc", shares, coarse)
        found["real_squares"] = ops.sum(
            ops.mean(coarse**2, axis=(1, 2, 3, 4)) * ops.sum(shares, axis=1)
        )
        for name, clips in (("real", real), ("generated", generated)):
            moved = ops.mean(
                ops.abs(clips[:, 1:] - clips[:, :-1]), axis=(1, 2, 3, 4)
            )
            found[f"{name}_motion"] = ops.sum(moved * mask)
        logits = self.predict(networks, real)["realism"]
        right = ops.cast(logits > 0, "float32")
        return {**found, "taken_for_real": ops.sum(right * mask)}

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """Returns, relative to real clips, `diversity`, the spread of coarse
        pixels among clips of a label, and `motion`, the mean frame-to-frame
        change; and `taken_for_real`, the fraction of real clips classified
        so."""
        clips = max(float(counts["clips"]), 1.0)
        generated = np.sqrt(float(counts["generated_apart"]) / clips / 2)
        motion = {
            k: float(counts[f"{k}_motion"]) for k in ("generated", "real")
        }
        return {
            "diversity": float(generated / max(_spread_of_real(counts), 1e-6)),
            "motion": motion["generated"] / max(motion["real"], 1e-6),
            "taken_for_real": float(counts["taken_for_real"]) / clips,
        }

    def shown(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns generated clips, and real clips of the same labels."""
        noise = batch["noise"][:, 0]
        return {
            "generated": self.generate(networks, noise, batch.get("label")),
            "real": ops.cast(batch["frames"][:, 0], "float32"),
        }

    def alarm(self, report: dict[str, Any]) -> str | None:
        """Returns a message if diversity is too low (mode collapse)."""
        least, found = self._config.min_diversity, report["diversity"]
        if found >= least:
            return None
        return (
            "mode collapse: generated clips of a label have a diversity of "
            f"{found:.3f} relative to real clips, wanted at least {least:g} "
            "(--objective.min_diversity)"
        )

    def _changed(self, frames: Any, batch: dict, which: int) -> Any:
        kinds = self._config.diff_augment
        if not kinds:
            return frames
        return diff_augment.augment(
            frames, batch["augment_seeds"][:, which], kinds
        )

    def _label(self, label: Any) -> dict[str, Any]:
        if not self.labels:
            return {}
        if len(label.shape) == 1:
            label = ops.one_hot(label, len(self.labels))
        return {"label": ops.cast(label, "float32")}


def _spread_of_real(counts: dict[str, np.ndarray]) -> float:
    """Returns the standard deviation within labels, pooled over pixels."""
    labelled = np.asarray(counts["labelled"], np.float64)
    sums = np.asarray(counts["real_sums"], np.float64)
    squares = np.mean(sums**2, axis=(1, 2, 3, 4)) / np.maximum(labelled, 1)
    free = max(labelled.sum() - np.count_nonzero(labelled), 1.0)
    variance = (float(counts["real_squares"]) - squares.sum()) / free
    return float(np.sqrt(max(variance, 0.0)))


def _coarse(clips: Any) -> Any:
    """Downscales clips to [B, T, 8, 8, 3], 0..1; smaller ones keep their
    size."""
    step = max(1, clips.shape[2] // _COARSE)
    images = frame_folding.fold(clips) / 255.0
    return frame_folding.unfold(ops.average_pool(images, step, step), clips)
