"""Assembles the audio of one clip from its records.

The samples of a record start at its time. If they end before the next record
starts, silence follows.
"""

from typing import NamedTuple

import tensorflow as tf

from pipelines.audio import audio_cut
from pipelines.reading import clip_table


class StoredAudio(NamedTuple):
    """The audio of some records, in order of time.

    Attributes:
        waveforms: float32, ragged [n, None].
        starts: int64 [n], start time of each record, microseconds.
        ends: int64 [n], end time of each record, microseconds.
        rate: int64 [], samples per second.
    """

    waveforms: tf.RaggedTensor
    starts: tf.Tensor
    ends: tf.Tensor
    rate: tf.Tensor


def stored_audio(
    parsed: dict[str, tf.Tensor],
    columns: clip_table.Columns,
    read: tf.Tensor,
    places: tf.Tensor,
) -> StoredAudio:
    """Returns the audio of some of the parsed records.

    Args:
        parsed: result of `schema.parse`.
        columns: of the clip.
        read: int32 [m], positions of the parsed records in the clip,
            ascending.
        places: int32 [n], positions of the records to return, all in `read`.
    """
    rows = tf.searchsorted(read, places)
    waveforms = parsed["waveform"].with_row_splits_dtype(tf.int64)
    return StoredAudio(
        tf.gather(waveforms, rows),
        tf.gather(columns.start_time, places),
        tf.gather(columns.end_time, places),
        tf.cast(tf.round(parsed["sample_rate"][0]), tf.int64),
    )


def is_whole(audio: StoredAudio) -> tf.Tensor:
    """bool [], whether every record stores its samples in full.

    Writers round, so a record counts as cut short only if more than half of
    its samples are missing.
    """
    firsts, lasts = (
        audio_cut.sample_at(times, audio.rate)
        for times in (audio.starts, audio.ends)
    )
    lengths = audio.waveforms.row_lengths()
    return tf.reduce_all(2 * lengths + 2 >= lasts - firsts)


def cut_span(
    begin: tf.Tensor, end: tf.Tensor, audio: StoredAudio
) -> tuple[tf.Tensor, tf.Tensor]:
    """Cuts a span out of stored audio, filling gaps with silence.

    Args:
        begin: int64 [], microseconds.
        end: int64 [], exclusive, microseconds.
        audio: of the last record that starts before the span, and of those
            that start within it.

    Returns:
        Contiguous samples, float32 [n], and the time of the first one,
        int64 [], microseconds.
    """
    rate = audio.rate
    first, last = (audio_cut.sample_at(time, rate) for time in (begin, end))
    starts = audio_cut.sample_at(audio.starts, rate)
    lengths = audio.waveforms.row_lengths()
    # Only the samples of the first record that lie within the span.
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
