"""Style transfer: clips in the style of an image.

Source: feed-forward style transfer, arXiv:1603.08155, with the content and
style losses of arXiv:1508.06576. Differs: features of our networks
(`--features`), each layer normalised; a temporal loss preserves the clip's
frame-to-frame changes.
"""

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any

import cv2
import keras
import numpy as np

from tfrecords_tools.base import errors, settings
from video_models import objective
from video_models.introspection import feature_network, weight_fingerprint
from video_models.losses import pixel_losses

ops = keras.ops
COMPONENTS = ("generator", "features")
GENERATOR = "style_net"


@dataclasses.dataclass(frozen=True)
class Config:
    """The style image and the weights of the losses."""

    style: str = settings.setting("", "Style image, a PNG or JPEG file.")
    content: float = settings.setting(
        1.0,
        "Weight of the content loss, the distance of the deepest features.",
        minimum=0.0,
    )
    likeness: float = settings.setting(
        5.0,
        "Weight of the style loss, the distance of the Gram matrices.",
        minimum=0.0,
    )
    temporal: float = settings.setting(
        5.0,
        "Weight of the temporal loss, the difference of frame-to-frame "
        "changes.",
        minimum=0.0,
    )
    smooth: float = settings.setting(
        0.1,
        "Weight of the total variation, the differences of neighbouring "
        "pixels.",
        minimum=0.0,
    )


TINY = Config()


def build(
    config: Config,
    components: objective.Components,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> "StyleTransfer":
    """Builds the objective; UserError if generator or image does not fit."""
    components.check_generator("style_transfer", "frames of frames", GENERATOR)
    return StyleTransfer(config, components, task, make_optimizer)


class StyleTransfer(objective.Objective):
    """A network `generator`, and one player of the same name."""

    def __init__(
        self,
        config: Config,
        components: objective.Components,
        task: objective.Task,
        make_optimizer: Callable[[], keras.optimizers.Optimizer],
    ):
        """See `build`; without `features` it cannot be trained."""
        self._config, self._clip = config, task.clip
        generator = components.generator.build(1, task.clip.frames)
        self.networks = {"generator": generator}
        self.players = (
            objective.Player("generator", ("generator",), make_optimizer()),
        )
        self.enhances = objective.Enhancement(components.generator, 1)
        self._features, self._style = None, []
        if components.features is not None:
            pixels = _image(config.style, task.clip.size)
            self._features = feature_network.build(components.features)
            style = hashlib.sha256(pixels).hexdigest()
            network = weight_fingerprint.compute(self._features)
            self.reference_fingerprint = f"{style} {network}"
            self._style = self._style_of(pixels)

    def check_input(self) -> None:
        """Checks that there is a feature network."""
        if self._features is None:
            raise errors.UserError(
                "--objective=style_transfer compares features: give "
                "--features, the folder of a trained run"
            )

    def forward(self, player: str, batch: dict, seed: Any, step: Any) -> Any:
        """Returns the stylised clip, float32 [B, T, H, W, 3]."""
        frames = batch["frames"]
        return self.networks["generator"](frames, training=True)["frames"]

    def losses(
        self, player: str, batch: dict, outputs: Any, step: Any
    ) -> dict[str, Any]:
        """Returns `content`, `style`, `temporal` and `smooth`, weighted."""
        config, frames = self._config, batch["frames"]
        found = self._distances(outputs, frames)
        found = {
            "content": config.content * found["content"],
            "style": config.likeness * found["style"],
        }
        if config.temporal and frames.shape[1] > 1:
            apart = pixel_losses.temporal_difference(outputs, frames)
            found["temporal"] = config.temporal * apart
        if config.smooth:
            found["smooth"] = config.smooth * pixel_losses.roughness(outputs)
        return found

    def predict(self, networks: dict, frames: Any) -> dict[str, Any]:
        """Returns the stylised `frames`, float32 [B, T, H, W, 3]."""
        generated = networks["generator"](frames, training=False)
        return {"frames": generated["frames"]}

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns sums over clips of the metrics of `report`."""
        frames = ops.cast(batch["frames"][:, 0], "float32")
        generated = self.predict(networks, frames)["frames"]
        mask = ops.cast(batch["mask"], "float32")
        each = {"flicker": pixel_losses.temporal_difference(generated, frames)}
        if self._features is not None:
            each |= {
                f"{name}_distance": value
                for name, value in self._distances(generated, frames).items()
            }
        sums = {name: ops.sum(value * mask) for name, value in each.items()}
        return {"clips": ops.sum(mask), **sums}

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """Returns the means of `content_distance`, `style_distance` and
        `flicker`, unweighted."""
        clips = max(float(counts["clips"]), 1.0)
        return {k: float(v) / clips for k, v in counts.items() if k != "clips"}

    def shown(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns clip and stylised clip, side by side."""
        frames = ops.cast(batch["frames"][:, 0], "float32")
        generated = self.predict(networks, frames)["frames"]
        return {"clip, styled": ops.concatenate([frames, generated], axis=3)}

    def _distances(self, generated: Any, frames: Any) -> dict[str, Any]:
        found = self._features(generated)
        deepest = ops.stop_gradient(self._features(frames)[-1])
        return {
            "content": pixel_losses.feature_distance([found[-1]], [deepest]),
            "style": pixel_losses.style_distance(found, self._style),
        }

    def _style_of(self, pixels: np.ndarray) -> list[Any]:
        """Returns the Gram matrix [C, C] of each layer, averaged over time."""
        clip = np.broadcast_to(pixels, (1, *self._clip.shape))
        found = self._features(ops.convert_to_tensor(clip, "float32"))
        return [
            ops.convert_to_numpy(ops.mean(pixel_losses.gram(x)[0], axis=0))
            for x in found
        ]


def _image(path: str, size: int) -> np.ndarray:
    """Reads an image file, centre-cropped to uint8 [size, size, 3], RGB.

    Raises:
        UserError: it cannot be read.
    """
    pixels = cv2.imread(path, cv2.IMREAD_COLOR) if path else None
    if pixels is None:
        raise errors.UserError(
            f"--objective.style={path!r}: wanted a PNG or JPEG file"
        )
    side = min(pixels.shape[:2])
    top, left = ((each - side) // 2 for each in pixels.shape[:2])
    middle = pixels[top : top + side, left : left + side]
    middle = cv2.resize(middle, (size, size), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(middle, cv2.COLOR_BGR2RGB)
