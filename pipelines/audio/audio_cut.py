"""Cuts the audio of the sampled frames, exact to the sample.

Counts whole samples from the start of the video, as the stored audio does, so
that no sample is lost to rounding an hour into a video.
"""

from typing import NamedTuple

import tensorflow as tf


class Grid(NamedTuple):
    """Columns of the cut; column k has samples [k * hop, (k + 1) * hop).

    Attributes:
        rate: samples per second.
        samples: in the cut.
        hop: samples per column; 1 for waveforms.
    """

    rate: int
    samples: int
    hop: int

    @property
    def columns(self) -> int:
        """Number of columns; the last may extend beyond the cut."""
        return -(-self.samples // self.hop)


def hop_samples(hop_ms: float, rate: float) -> int:
    """Returns the step between columns in whole samples, at least 1."""
    return max(1, round(hop_ms * rate / 1000))


def sample_at(time: tf.Tensor, rate: int) -> tf.Tensor:
    """Number of the sample at a time, rounded as in stored audio.

    Args:
        time: int64, microseconds from the start of the video, up to 200 days
            at any rate.
        rate: samples per second.

    Returns:
        int64 of the same shape; halves round to even.
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
    """Cuts a waveform, padded with silence.

    Args:
        stored: float32 [n], contiguous samples.
        stored_first: int64 [], number of the first stored sample.
        first: int64 [], number of the first sample of the cut.
        last: int64 [], end of the audio, exclusive; silence follows.
        samples: length of the cut.

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
    cut = tf.pad(stored[begin:end], [[before, after]])
    return tf.ensure_shape(cut, (samples,))


def voice(
    starts: tf.Tensor,
    ends: tf.Tensor,
    first: tf.Tensor,
    last: tf.Tensor,
    grid: Grid,
) -> tf.Tensor:
    """Voice activity at the middle sample of each column.

    Args:
        starts: int64 [k], start of each span of speech, microseconds.
        ends: int64 [k], end of each span, microseconds.
        first: int64 [], number of the first sample of the cut.
        last: int64 [], end of the audio, exclusive.
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
