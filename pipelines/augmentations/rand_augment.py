"""A few operations drawn from a list, all of one magnitude.

Source: RandAugment, arXiv:1909.13719. Differs: what is drawn is drawn once
for all frames, histograms are of the whole clip, turned and sheared pixels
are interpolated where theirs are the nearest, about the centre, and outside
the frame is its edge where theirs is grey. Ranges and the default magnitude,
3 of 10, are torchvision's, see `pixels.clip_operations`. KerasCV's layer
lacks identity, rotate, posterize and sharpness, shears and shifts by up to
the whole side where ours stop at 0.3 and 0.45 of it, and varies magnitudes.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import clip_operations, projection
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """What is drawn, how often and how strong."""

    layers: int = settings.setting(
        2, "Operations in a row; 0 does nothing.", minimum=0, maximum=14
    )
    magnitude: float = settings.setting(
        3.0,
        "Strength of all, from 0 to 10. Autocontrast and equalize have none.",
        minimum=0.0,
        maximum=10.0,
    )
    operations: tuple[str, ...] = settings.setting(
        clip_operations.NAMES,
        "The list, each as likely; a name given twice is twice as likely.",
        choices=clip_operations.NAMES,
    )
    fill: str = settings.setting(
        "edge",
        "What is shown from outside the frame: the nearest pixel of its edge, "
        "or black.",
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
    """The operations in a row.

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
    """Draws an operation and runs just that."""
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
