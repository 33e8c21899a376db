"""What is common to augmentations that mix every clip with the next one.

Row i of a batch meets row i + 1, the last one the first. What a row draws
depends on its own seed only.
"""

from collections.abc import Callable

import tensorflow as tf


def draw_share(alpha: float, probability: float, seed: tf.Tensor) -> tf.Tensor:
    """The share of a row's own clip, from Beta(alpha, alpha).

    Args:
        alpha: above 0; 1 is even, towards 0 nearly all or nearly nothing.
        probability: chance that the row is mixed at all.
        seed: int64 [2].

    Returns:
        float32 [] in [0, 1]; 1 where it is not mixed.
    """
    fold_in = tf.random.experimental.stateless_fold_in
    drawn = tf.random.stateless_gamma((2,), fold_in(seed, 0), alpha)
    share = tf.math.divide_no_nan(drawn[0], drawn[0] + drawn[1])
    is_mixed = tf.random.stateless_uniform((), fold_in(seed, 1)) < probability
    return tf.where(is_mixed, share, 1.0)


def each_row(
    mix: Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tuple],
    frames: tf.Tensor,
    seeds: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Mixes row by row.

    Whole batches of floats would leave the caches: 0.5 ms a clip of
    16x112x112 row by row, 1.1 at once.

    Args:
        mix: (clip, partner, seed) -> (uint8 [T, H, W, 3], float32 []), the
            mixed clip and the share of the first one's label in it.
        frames: uint8 [B, T, H, W, 3].
        seeds: int64 [B, 2].

    Returns:
        uint8 [B, T, H, W, 3] and float32 [B].
    """
    rows = tf.shape(frames)[0]

    def one(row: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return mix(frames[row], frames[(row + 1) % rows], seeds[row])

    clip = tf.TensorSpec(frames.shape[1:], tf.uint8)
    share = tf.TensorSpec((), tf.float32)
    mixed, own = tf.map_fn(
        one, tf.range(rows), fn_output_signature=(clip, share)
    )
    own = tf.ensure_shape(own, frames.shape[:1])
    return tf.ensure_shape(mixed, frames.shape), own
