"""Reads what one clip needs: the chunks that hold its frames, and no other.

Audio and words have no gaps, so where they are asked for the chunks between
the first and the last are read, too.
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from pipelines.reading import clip_audio, clip_table
from pipelines.sampling import time_sampling
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema

_READ_BUFFER_BYTES = 64 * 1024
_MICROSECONDS = 1e6
_YEARS = 1e9  # Seconds; longer than any video.


class Picked(NamedTuple):
    """Which stored frames are wanted: either the one or the other.

    Attributes:
        frames: int32 [T], numbers of stored frames; or None.
        moments: int64 [T], microseconds, of which the frames that are shown
            then are wanted; or None.
    """

    frames: tf.Tensor | None = None
    moments: tf.Tensor | None = None


def read(
    chunks: clip_table.Chunks,
    picked: Picked,
    about: manifests.Manifest,
    unbroken_seconds: float = 0.0,
    audio_seconds: float | None = None,
) -> dict[str, tf.Tensor]:
    """Reads the frames of one clip, and what is stored beside them.

    Args:
        chunks: of the clip.
        picked: which frames.
        about: the data set.
        unbroken_seconds: for how long from the first picked frame on all
            chunks are read up to the last one, for audio and words; 0 for
            those of the frames alone.
        audio_seconds: as long is the audio wanted of clips that have it in
            records of its own; None is `unbroken_seconds`.

    Returns:
        The features of `schema.FEATURES`, with `frames` string [T] and
        `times`, `ends` int64 [T] picked (microseconds); `label_ids` int64
        [labels]. Where frames are stored as video, `frames` are the packets
        that are needed, string [P], and `shown` int32 [T] says which of them
        show what was asked. `waveform`, float32 [n], begins at `audio_start`
        and has no gap; words and voice are those of all chunks read.
    """
    path, columns = chunks
    chunk = _chunk_of(columns, picked)
    wanted = tf.sort(chunk)
    if unbroken_seconds:
        unbroken = _unbroken(columns, chunk, unbroken_seconds)
        wanted = tf.sort(tf.concat([wanted, unbroken], axis=0))
    needed = tf.unique(wanted).y
    serialized = _records(path, tf.gather(columns.offset, needed), needed)
    parsed = schema.parse(serialized, about.contents)
    row = tf.searchsorted(needed, chunk, out_type=tf.int64)
    column = _frame_in_chunk(columns, picked, chunk, row, needed, parsed)
    record = _of_clip(parsed, about)
    places = tf.stack([row, column], axis=1)
    record["times"] = tf.gather_nd(parsed["times"], places)
    record["ends"] = _ends(columns, chunk, column, parsed["times"], places)
    if about.storage in ("h264", "h265"):
        record["frames"], record["shown"] = _with_those_before(
            parsed["frames"], places, about.key_every
        )
    else:
        record["frames"] = tf.gather_nd(parsed["frames"], places)
    if unbroken_seconds and "waveform" in parsed:
        audio = clip_audio.stored(parsed, columns, needed, unbroken)
        if audio_seconds is None:
            audio_seconds = unbroken_seconds
        begin = record["times"][0]
        end = begin + _microseconds(audio_seconds)
        end = tf.minimum(end, tf.reduce_max(record["ends"]))
        record["waveform"], record["audio_start"] = tf.cond(
            tf.reduce_all(columns.frames > 0) & clip_audio.is_whole(audio),
            lambda: (audio.waveforms.flat_values, audio.starts[0]),
            lambda: clip_audio.between(
                begin, end, _audio_records(chunks, begin, end, about)
            ),
        )
    return record


def _audio_records(
    chunks: clip_table.Chunks,
    begin: tf.Tensor,
    end: tf.Tensor,
    about: manifests.Manifest,
) -> clip_audio.Stored:
    """What holds the audio of a span: frames' chunks and continuations."""
    path, columns = chunks
    first = tf.searchsorted(columns.start_time, begin[None], side="right")[0]
    first = tf.maximum(first - 1, 0)
    stop = tf.searchsorted(columns.start_time, end[None])[0]
    places = tf.range(first, tf.maximum(stop, first + 1))
    serialized = _records(path, tf.gather(columns.offset, places), places)
    parsed = schema.parse(serialized, about.contents)
    return clip_audio.stored(parsed, columns, places, places)


def _records(
    path: tf.Tensor, offsets: tf.Tensor, needed: tf.Tensor
) -> tf.Tensor:
    """string [n], the chunks `needed`; neighbours are read in one go."""
    count = tf.size(needed)
    records = _records_from(path, offsets[0])
    return tf.cond(
        needed[-1] - needed[0] + 1 == count,
        lambda: records(tf.cast(count, tf.int64)),
        lambda: tf.map_fn(
            lambda offset: _records_from(path, offset)(1)[0],
            offsets,
            fn_output_signature=tf.string,
        ),
    )


def _records_from(
    path: tf.Tensor, offset: tf.Tensor
) -> Callable[[tf.Tensor | int], tf.Tensor]:
    """Reads so many records from a byte of a shard on: string [count].

    The checksum of each is verified.
    """

    def read(count: tf.Tensor | int) -> tf.Tensor:
        variant = tf.raw_ops.TFRecordDatasetV2(
            filenames=[path],
            compression_type="",
            buffer_size=tf.constant(_READ_BUFFER_BYTES, tf.int64),
            byte_offsets=[offset],
        )
        spec = tf.TensorSpec((), tf.string)
        records = tf.data.experimental.from_variant(variant, spec)
        return records.take(count).batch(count).get_single_element()

    return read


def _chunk_of(columns: clip_table.Columns, picked: Picked) -> tf.Tensor:
    """int32 [T], which chunk holds each wanted frame."""
    if picked.moments is not None:
        filled = tf.where(columns.frames > 0)[:, 0]
        starts = tf.gather(columns.start_time, filled)
        shown = time_sampling.shown(starts, picked.moments)
        return tf.cast(tf.gather(filled, shown), tf.int32)
    frames = tf.cast(picked.frames, tf.int64)
    return tf.searchsorted(columns.first_frame, frames, side="right") - 1


def _unbroken(
    columns: clip_table.Columns, chunk: tf.Tensor, seconds: float
) -> tf.Tensor:
    """int32 [n], the chunks with frames, from the first frame's one on.

    As far as the latest frame's one, but no longer than so many seconds.
    """
    first, last = chunk[0], tf.reduce_max(chunk)
    latest = columns.end_time[first] + _microseconds(seconds)
    in_time = tf.searchsorted(columns.start_time, latest[None])[0]
    every = tf.range(
        first, tf.minimum(last + 1, tf.maximum(in_time, first + 1))
    )
    return tf.boolean_mask(every, tf.gather(columns.frames, every) > 0)


def _microseconds(seconds: float) -> int:
    return round(min(seconds, _YEARS) * _MICROSECONDS)


def _frame_in_chunk(
    columns: clip_table.Columns,
    picked: Picked,
    chunk: tf.Tensor,
    row: tf.Tensor,
    needed: tf.Tensor,
    parsed: dict[str, tf.Tensor],
) -> tf.Tensor:
    """int64 [T], the place of each wanted frame in its chunk."""
    if picked.moments is None:
        starts = tf.gather(columns.first_frame, chunk)
        return tf.cast(picked.frames, tf.int64) - starts
    times = parsed["times"]
    counts = tf.gather(columns.frames, needed)
    is_frame = tf.sequence_mask(counts, tf.shape(times)[1])
    times = tf.where(is_frame, times, tf.int64.max)
    return tf.cast(
        time_sampling.shown(tf.gather(times, row), picked.moments[:, None])[
            :, 0
        ],
        tf.int64,
    )


def _ends(
    columns: clip_table.Columns,
    chunk: tf.Tensor,
    column: tf.Tensor,
    times: tf.Tensor,
    places: tf.Tensor,
) -> tf.Tensor:
    """int64 [T], until when each frame is shown: the next one, or the end."""
    is_last = column + 1 >= tf.gather(columns.frames, chunk)
    after = places + tf.cast([[0, 1]], tf.int64)
    after = tf.where(is_last[:, None], places, after)
    following = tf.gather_nd(times, after)
    return tf.where(is_last, tf.gather(columns.end_time, chunk), following)


def _of_clip(
    parsed: dict[str, tf.Tensor], about: manifests.Manifest
) -> dict[str, tf.Tensor]:
    """What is said once a clip, and what is said in all chunks read."""
    spread = {"voice_starts", "voice_ends"}
    spread |= {"words", "word_times", "word_lengths"}
    return {
        feature.name: parsed[feature.name].flat_values
        if feature.name in spread
        else parsed[feature.name][0]
        for feature in about.contents.features
    }


def _with_those_before(
    packets: tf.Tensor, places: tf.Tensor, key_every: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """The packets at some places, each after all since its key frame.

    Args:
        packets: string [chunks, most frames].
        places: int64 [T, 2], chunk and frame in it.
        key_every: each chunk's frames from one key frame to the next.

    Returns:
        packets: string [P], none twice.
        shown: int32 [T], where in them the places are.
    """
    most = tf.shape(packets, tf.int64)[1]
    chunk, frame = places[:, 0], places[:, 1]
    wanted = chunk * most + frame
    keys = wanted - frame % key_every
    needed = tf.ragged.range(keys, wanted + 1).flat_values
    needed = tf.unique(tf.sort(needed)).y
    shown = tf.searchsorted(needed, wanted)
    return tf.gather(tf.reshape(packets, [-1]), needed), shown
