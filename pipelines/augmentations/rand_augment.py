"""Applies a few operations drawn from a list, all with the same magnitude.

Source: RandAugment, arXiv:1909.13719. Differs: draws once for all frames,
computes histograms of the whole clip, rotates and shears about the centre
with interpolation (theirs: nearest pixel), and fills with the edge of the
frame (theirs: grey). Ranges and the default magnitude, 3 of 10, are those of
torchvision, see `pixels.clip_operations`. The layer of KerasCV lacks identity,
rotate, posterize and sharpness, shears and shifts by up to the whole side
(ours: 0.3 and 0.45 of it), and varies magnitudes.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import clip_operations, projection
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Operations, their number and magnitude."""

    layers: int = settings.setting(
        2,
        "Operations per clip; 0 disables the augmentation.",
        minimum=0,
        maximum=14,
    )
    magnitude: float = settings.setting(
        3.0,
        "Strength, from 0 to 10; autocontrast and equalize ignore it.",
        minimum=0.0,
        maximum=10.0,
    )
    operations: tuple[str, ...] = settings.setting(
        clip_operations.NAMES,
        "Operations to draw from, with equal probability; repeat a name to "
        "raise its probability.",
        choices=clip_operations.NAMES,
    )
    fill: str = settings.setting(
        "edge",
        "Pixels outside the frame: edge (nearest edge pixel) or black.",
        choices=projection.FILLS,
    )

    def __post_init__(self):
        if not self.operations:
            raise errors.UserError(
                "--rand_augment.operations is empty: wanted some of "
                + ", ".join(clip_operations.NAMES)
            )


OFF = Config(layers=0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the sequence of operations.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """

    def change(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        for layer in range(config.layers):
            fold_in = tf.random.experimental.stateless_fold_in
            clip = _one_of(config, clip, fold_in(seed, layer))
        return clip

    return change


def _one_of(config: Config, clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Draws one operation and applies it."""
    count = len(config.operations)
    drawn = tf.random.stateless_uniform((2,), seed)
    chosen = tf.minimum(tf.cast(drawn[0] * count, tf.int32), count - 1)
    strength = config.magnitude / 10.0
    side = tf.where(drawn[1] < 0.5, strength, -strength)

    def branch(name: str) -> Callable[[], tf.Tensor]:
        change = clip_operations.named(name, config.fill)
        two_sided = name in clip_operations.TWO_SIDED
        return lambda: change(clip, side if two_sided else tf.abs(side))

    return tf.switch_case(chosen, [branch(name) for name in config.operations])
