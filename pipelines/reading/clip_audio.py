"""Puts together the audio of one clip from the records that hold it.

A record's samples begin with its time. Where they do not fill its time,
silence follows until the next record begins.
"""

from typing import NamedTuple

import tensorflow as tf

from pipelines.audio import audio_cut
from pipelines.reading import clip_table


class Stored(NamedTuple):
    """The audio of some records, in order of time.

    Attributes:
        waveforms: float32, ragged [n, None].
        starts: int64 [n], microseconds, when each begins.
        ends: int64 [n], until when it may last.
        rate: int64 [], samples a second.
    """

    waveforms: tf.RaggedTensor
    starts: tf.Tensor
    ends: tf.Tensor
    rate: tf.Tensor


def stored(
    parsed: dict[str, tf.Tensor],
    columns: clip_table.Columns,
    read: tf.Tensor,
    places: tf.Tensor,
) -> Stored:
    """The audio of some of the records that were read.

    Args:
        parsed: what `schema.parse` gives of the records.
        columns: of the clip.
        read: int32 [m], their places in the clip, rising.
        places: int32 [n], of those wanted, all in `read`.
    """
    rows = tf.searchsorted(read, places)
    waveforms = parsed["waveform"].with_row_splits_dtype(tf.int64)
    return Stored(
        tf.gather(waveforms, rows),
        tf.gather(columns.start_time, places),
        tf.gather(columns.end_time, places),
        tf.cast(tf.round(parsed["sample_rate"][0]), tf.int64),
    )


def is_whole(audio: Stored) -> tf.Tensor:
    """bool [], whether no silence was left out of any of the records.

    One that was cut short lacks more than half of its samples: that tells
    it from how a writer rounds.
    """
    firsts, lasts = (
        audio_cut.sample_at(times, audio.rate)
        for times in (audio.starts, audio.ends)
    )
    lengths = audio.waveforms.row_lengths()
    return tf.reduce_all(2 * lengths + 2 >= lasts - firsts)


def between(
    begin: tf.Tensor, end: tf.Tensor, audio: Stored
) -> tuple[tf.Tensor, tf.Tensor]:
    """The audio of a span with its silence, as far as there are samples.

    Args:
        begin: int64 [], microseconds.
        end: int64 [], exclusive.
        audio: of the record that was the last to begin before the span,
            and of those that begin within it.

    Returns:
        Samples without a gap, float32 [n], and the time of the first of
        them, int64 [], microseconds.
    """
    rate = audio.rate
    first, last = (audio_cut.sample_at(time, rate) for time in (begin, end))
    starts = audio_cut.sample_at(audio.starts, rate)
    lengths = audio.waveforms.row_lengths()
    # Of the first record only what lies within the span.
    passed = tf.clip_by_value(first - starts[0], 0, lengths[0])
    samples = audio.waveforms.flat_values[passed:]
    lengths = tf.concat([lengths[:1] - passed, lengths[1:]], axis=0)
    starts = tf.concat([tf.maximum(starts[:1], first), starts[1:]], axis=0)
    before = tf.concat([first[None], (starts + lengths)[:-1]], axis=0)
    gaps = tf.maximum(starts - before, 0)
    silence = tf.RaggedTensor.from_row_lengths(
        tf.zeros(tf.reduce_sum(gaps)[None]), gaps
    )
    heard = tf.RaggedTensor.from_row_lengths(samples, lengths)
    whole = tf.concat([silence, heard], axis=1).flat_values
    return whole[: tf.maximum(last - first, 0)], begin
