"""Masks spans of time and bands of frequency, for training."""

from collections.abc import Callable

import tensorflow as tf

from pipelines.audio import audio_cut, audio_settings


def build(
    config: audio_settings.Config, grid: audio_cut.Grid
) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the masks of SpecAugment.

    Source: arXiv:1904.08779. Differs: no time warping, and masks may also
    start at the last position where they fit.

    Returns:
        A function (float32 [columns, bins]; fill float32 [] or [bins], the
        value of masked bins; seed int64 [2]) -> float32 [columns, bins].
        Equal seeds mask equal positions.
    """
    widest = round(config.time_mask_ms * grid.rate / 1000 / grid.hop)

    def hide(values: tf.Tensor, fill: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        fold = tf.random.experimental.stateless_fold_in
        columns, bins = values.shape
        times = _hidden(columns, config.time_masks, widest, fold(seed, 0))
        bands = _hidden(
            bins,
            config.frequency_masks,
            config.frequency_mask_bins,
            fold(seed, 1),
        )
        return tf.where(times[:, None] | bands, fill, values)

    return hide


def _hidden(size: int, masks: int, widest: int, seed: tf.Tensor) -> tf.Tensor:
    """bool [size]; masks have a uniformly drawn width from 0 to `widest`."""
    drawn = tf.random.stateless_uniform((2, masks, 1), seed)
    width = tf.floor(drawn[0] * (min(widest, size) + 1))
    start = tf.floor(drawn[1] * (size - width + 1))
    places = tf.range(size, dtype=tf.float32)
    within = (places >= start) & (places < start + width)
    return tf.reduce_any(within, axis=0)
