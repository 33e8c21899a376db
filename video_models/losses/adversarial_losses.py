"""Losses of discriminator and generator, and the R1 gradient penalty.

A discriminator returns a logit, float32 [B]; above 0 means real.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras

ops = keras.ops


class GanLoss(NamedTuple):
    """A pair of GAN losses; each maps logits [B] to losses, float32 [B].

    Attributes:
        real: discriminator loss on real clips.
        generated: discriminator loss on generated clips.
        generator_loss: generator loss on generated clips.
    """

    real: Callable[[Any], Any]
    generated: Callable[[Any], Any]
    generator_loss: Callable[[Any], Any]


GAN_LOSSES = {
    # arXiv:1406.2661 with the generator loss that its section 3 advises:
    # log(1 - D) has a vanishing gradient where the discriminator is certain.
    "non_saturating": GanLoss(
        lambda real: ops.softplus(-real),
        lambda generated: ops.softplus(generated),
        lambda generated: ops.softplus(-generated),
    ),
    # arXiv:1705.02894.
    "hinge": GanLoss(
        lambda real: ops.relu(1.0 - real),
        lambda generated: ops.relu(1.0 + generated),
        lambda generated: -generated,
    ),
}
HELP = "GAN loss: non_saturating (cross-entropy) or hinge."


def accuracy(real: Any, generated: Any) -> Any:
    """Accuracy of the discriminator on a real and a generated clip, [B]."""
    right = ops.cast(real > 0, "float32") + ops.cast(generated <= 0, "float32")
    return right / 2.0


def gradient_penalty(
    logits_of: Callable[[Any], Any], frames: Any
) -> tuple[Any, Any]:
    """R1: half the squared gradient norm of the logits at real clips.

    Source: arXiv:1801.04406. The gradient is with respect to pixels in 0..1;
    square and sum are float32, both passes have the network's dtype.

    Args:
        logits_of: frames -> logits [B].
        frames: real clips, float32 [B, T, H, W, 3], 0..255.

    Returns:
        The logits [B], and the penalty, float32 [B].
    """
    import tensorflow as tf  # Keras has no gradients of its own.

    with tf.GradientTape() as tape:
        tape.watch(frames)
        logits = logits_of(frames)
    slope = tf.cast(tape.gradient(logits, frames), tf.float32) * 255.0
    return logits, 0.5 * tf.reduce_sum(slope**2, axis=(1, 2, 3, 4))
