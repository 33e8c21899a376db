"""Super resolution and restoration: inverts `--extra_inputs=low_resolution`.

`--low_resolution.factor` is the upscaling factor; at 1 the network only
removes the degradation: noise, blur, darkness and lost blocks.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tfrecords_tools.base import errors, settings
from video_models import objective
from video_models.introspection import feature_network, weight_fingerprint
from video_models.layers.images import bicubic, frame_folding, warp
from video_models.losses import (
    adversarial_losses,
    discriminator_losses,
    pixel_losses,
)
from video_models.metrics import image_quality

ops = keras.ops
COMPONENTS = ("generator", "discriminator", "features")
GENERATOR = "srresnet"
_LOW = "low_frames"


@dataclasses.dataclass(frozen=True)
class Config(image_quality.Protocol):
    """Weights of the losses, and the protocol of the metrics."""

    pixels: float = settings.setting(
        1.0, "Weight of the pixel loss (Charbonnier).", minimum=0.0
    )
    temporal: float = settings.setting(
        0.0,
        "Weight of the temporal loss, the difference of frame-to-frame "
        "changes.",
        minimum=0.0,
    )
    perceptual: float = settings.setting(
        0.0,
        "Weight of the perceptual loss, the distance of features; needs "
        "--features.",
        minimum=0.0,
    )
    flow: float = settings.setting(
        0.02,
        "Weight of the warping loss, for generators that estimate optical "
        "flow: how well warped neighbours match a frame. The flow learns "
        "from this loss alone; at 0 it keeps its closed-form estimate.",
        minimum=0.0,
    )
    adversarial: float = settings.setting(
        0.005,
        "Weight of the generator loss against the discriminators.",
        minimum=0.0,
    )
    warm_up: int = settings.setting(
        1000,
        "Steps before the generator loss against the discriminators applies.",
        minimum=0,
    )
    gan_loss: str = settings.setting(
        "non_saturating",
        adversarial_losses.HELP,
        choices=tuple(adversarial_losses.GAN_LOSSES),
    )


TINY = Config(border=1, warm_up=0)


def build(
    config: Config,
    components: objective.Components,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> "SuperResolution":
    """Builds the objective; UserError if components or clip do not fit."""
    components.check_generator(
        "super_resolution", "frames of frames", GENERATOR
    )
    factor = _factor(task)
    if task.clip.size % factor:
        raise errors.UserError(
            f"--clip.size={task.clip.size}: wanted a multiple of "
            f"--low_resolution.factor={factor}"
        )
    left = task.clip.size - 2 * config.border
    if left < image_quality.WINDOW:
        raise errors.UserError(
            f"--clip.size={task.clip.size} minus --objective.border="
            f"{config.border} on both sides leaves {left} pixels: SSIM needs "
            f"at least {image_quality.WINDOW}"
        )
    return SuperResolution(config, components, task, make_optimizer)


def _factor(task: objective.Task) -> int:
    """Returns the upscaling factor."""
    view = task.input_config("low_resolution", "--objective=super_resolution")
    return view.factor


class SuperResolution(objective.Objective):
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
        self._config, clip, factor = config, task.clip, _factor(task)
        self._upscale = bicubic.Upscale(factor, dtype="float32")
        self._warp = warp.Warp(dtype="float32")
        self._features = None
        if components.features is not None:
            self._features = feature_network.build(components.features)
            self.reference_fingerprint = weight_fingerprint.compute(
                self._features
            )
        generator = components.generator.build(factor, clip.frames)
        self._discriminators = discriminator_losses.Discriminators(
            components.discriminators(clip), config.gan_loss
        )
        self.networks = {
            "generator": generator,
            **self._discriminators.networks,
        }
        players = [
            objective.Player("generator", ("generator",), make_optimizer())
        ]
        names = tuple(self._discriminators.networks)
        if names:
            discriminator = objective.Player(
                "discriminator", names, make_optimizer()
            )
            players.insert(0, discriminator)
        self.players = tuple(players)
        self.enhances = objective.Enhancement(components.generator, factor)

    def check_input(self) -> None:
        """Checks that there is a feature network."""
        if self._config.perceptual and self._features is None:
            raise errors.UserError(
                "--objective.perceptual compares features: give --features, "
                "the folder of a trained run"
            )

    def forward(self, player: str, batch: dict, seed: Any, step: Any) -> Any:
        """Returns {"frames": float32 [B, T, H, W, 3], ...}, the restored
        clip."""
        low = ops.cast(batch[_LOW], "float32")
        return self.networks["generator"](low, training=player == "generator")

    def losses(
        self, player: str, batch: dict, outputs: Any, step: Any
    ) -> dict[str, Any]:
        """Returns `pixels` and all other losses with a weight; or, for the
        discriminators, see `Discriminators.losses`."""
        generated, true = outputs["frames"], batch["frames"]
        if player == "discriminator":
            return self._discriminators.losses(true, generated, {})
        config = self._config
        found = {
            "pixels": config.pixels * pixel_losses.charbonnier(generated, true)
        }
        if config.temporal and true.shape[1] > 1:
            found["temporal"] = (
                config.temporal
                * pixel_losses.temporal_difference(generated, true)
            )
        if config.perceptual:
            found["perceptual"] = config.perceptual * self._apart(
                generated, true
            )
        if config.flow and "flows" in outputs:
            low = ops.cast(batch[_LOW], "float32")
            found["flow"] = config.flow * pixel_losses.warped(
                low, outputs["flows"], self._warp
            )
        if self._discriminators.networks and config.adversarial:
            heard = ops.cast(step >= config.warm_up, "float32")
            generator_loss = sum(
                self._discriminators.generator_losses(generated, {}).values()
            )
            found["adversarial"] = heard * config.adversarial * generator_loss
        return found

    def predict(self, networks: dict, frames: Any) -> dict[str, Any]:
        """Returns `frames`, float32 [B, T, factor * H, factor * W, 3]."""
        generated = networks["generator"](frames, training=False)
        return {"frames": generated["frames"]}

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns sums of PSNR, SSIM and flicker, of outputs and inputs."""
        true, low = map(frame_folding.fold, (batch["frames"], batch[_LOW]))
        true, low = ops.cast(true, "float32"), ops.cast(low, "float32")
        generated = networks["generator"](low, training=False)["frames"]
        views = batch["frames"].shape[1]
        mask = ops.repeat(ops.cast(batch["mask"], "float32"), views) / views
        protocol = self._config
        found = {"clips": ops.sum(mask)}
        for name, clips in (("", generated), ("input_", self._enlarged(low))):
            each = image_quality.measures(clips, true, protocol)
            found |= {f"{name}{k}": ops.sum(v * mask) for k, v in each.items()}
        return found

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """Returns `psnr` in dB, `ssim` and `flicker` in grey levels; and
        `input_psnr`, ... of the bicubically upscaled input."""
        clips = float(counts["clips"])
        return {
            name: float(total) / clips if clips else 0.0
            for name, total in counts.items()
            if name != "clips"
        }

    def shown(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns input, restored clip and truth, side by side."""
        true, low = batch["frames"][:, 0], batch[_LOW][:, 0]
        true, low = ops.cast(true, "float32"), ops.cast(low, "float32")
        generated = networks["generator"](low, training=False)["frames"]
        sides = [self._enlarged(low), generated, true]
        return {"input, restored, true": ops.concatenate(sides, axis=3)}

    def _apart(self, generated: Any, true: Any) -> Any:
        of_true = [ops.stop_gradient(x) for x in self._features(true)]
        return pixel_losses.feature_distance(self._features(generated), of_true)

    def _enlarged(self, low: Any) -> Any:
        large = self._upscale(frame_folding.fold(low))
        return frame_folding.unfold(large, low)
