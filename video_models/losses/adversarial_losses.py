"""What discriminator and generator want of each other.

A discriminator gives a logit, float32 [B]: above 0 it takes a clip for real.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras

ops = keras.ops


class Game(NamedTuple):
    """The losses of a game, each of logits [B], float32 [B].

    Attributes:
        real: of the discriminator, for real clips.
        made: of the discriminator, for made ones.
        fooled: of the generator, for those that it made.
    """

    real: Callable[[Any], Any]
    made: Callable[[Any], Any]
    fooled: Callable[[Any], Any]


GAMES = {
    # arXiv:1406.2661, the generator's loss as its section 3 advises: the
    # other one, log(1 - D), has no slope where the discriminator is sure.
    "non_saturating": Game(
        lambda real: ops.softplus(-real),
        lambda made: ops.softplus(made),
        lambda made: ops.softplus(-made),
    ),
    # arXiv:1705.02894.
    "hinge": Game(
        lambda real: ops.relu(1.0 - real),
        lambda made: ops.relu(1.0 + made),
        lambda made: -made,
    ),
}
HELP = "Losses of the two players: non_saturating (cross-entropy) or hinge."


def accuracy(real: Any, made: Any) -> Any:
    """The share of both that the discriminator is right about, [B]."""
    right = ops.cast(real > 0, "float32") + ops.cast(made <= 0, "float32")
    return right / 2.0


def gradient_penalty(
    logits_of: Callable[[Any], Any], frames: Any
) -> tuple[Any, Any]:
    """R1: half the squared slope of the logits at real clips.

    Source: arXiv:1801.04406. The slope is that by pixels in 0..1; the square
    and the sum are in float32, the passes in the dtype of the network.

    Args:
        logits_of: frames -> logits [B].
        frames: real clips, float32 [B, T, H, W, 3], 0..255.

    Returns:
        The logits [B], and the penalty float32 [B].
    """
    import tensorflow as tf  # Keras has no gradients of its own.

    with tf.GradientTape() as tape:
        tape.watch(frames)
        logits = logits_of(frames)
    slope = tf.cast(tape.gradient(logits, frames), tf.float32) * 255.0
    return logits, 0.5 * tf.reduce_sum(slope**2, axis=(1, 2, 3, 4))
