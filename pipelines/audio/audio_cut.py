"""Cuts the audio of the sampled frames out of what was read, to the sample.

Counts in whole samples from the video's start, as the stored audio does, so
that an hour into a video no sample is lost to rounding.
"""

from typing import NamedTuple

import tensorflow as tf


class Grid(NamedTuple):
    """How the cut is divided; column k has samples [k * hop, (k + 1) * hop).

    Attributes:
        rate: samples a second.
        samples: in the cut.
        hop: samples of a column; 1 where every sample is a column.
    """

    rate: int
    samples: int
    hop: int

    @property
    def columns(self) -> int:
        """Columns of the cut; the last may reach beyond its end."""
        return -(-self.samples // self.hop)


def sample_at(time: tf.Tensor, rate: int) -> tf.Tensor:
    """The sample at a time, rounded as it was when the audio was stored.

    Args:
        time: int64, microseconds from the video's start, up to 200 days at
            any rate.
        rate: samples a second.

    Returns:
        int64 of the same shape; a half goes to the even neighbour.
    """
    million = 1_000_000
    whole, part = time * rate // million, time * rate % million
    odd = whole % 2
    return whole + tf.cast(2 * part + odd > million, tf.int64)


def waveform(
    stored: tf.Tensor,
    stored_first: tf.Tensor,
    first: tf.Tensor,
    last: tf.Tensor,
    samples: int,
) -> tf.Tensor:
    """Cuts; what is not stored, or not before `last`, is silence.

    Args:
        stored: float32 [n], samples without a gap.
        stored_first: int64 [], number of the first of them.
        first: int64 [], number of the first sample wanted.
        last: int64 [], number of the sample before which audio ends.
        samples: how many to give.

    Returns:
        float32 [samples].
    """
    held = tf.size(stored, tf.int64)
    offset = first - stored_first
    begin = tf.clip_by_value(offset, 0, held)
    end = tf.minimum(offset + samples, last - stored_first)
    end = tf.clip_by_value(end, begin, held)
    before = tf.clip_by_value(-offset, 0, samples)
    after = samples - before - (end - begin)
    found = tf.pad(stored[begin:end], [[before, after]])
    return tf.ensure_shape(found, (samples,))


def voice(
    starts: tf.Tensor,
    ends: tf.Tensor,
    first: tf.Tensor,
    last: tf.Tensor,
    grid: Grid,
) -> tf.Tensor:
    """Where somebody speaks, told by the middle sample of each column.

    Args:
        starts: int64 [k], microseconds, where somebody begins to speak.
        ends: int64 [k], where that ends.
        first: int64 [], number of the cut's first sample.
        last: int64 [], number of the sample before which audio ends.
        grid: of the cut.

    Returns:
        float32 [columns], 1 or 0.
    """
    middles = tf.range(grid.columns, dtype=tf.int64) * grid.hop + grid.hop // 2
    middles += first
    begun, ended = (
        tf.searchsorted(tf.sort(sample_at(t, grid.rate)), middles, side="right")
        for t in (starts, ends)
    )
    return tf.cast((begun > ended) & (middles < last), tf.float32)
