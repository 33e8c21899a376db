"""Reads only the chunks that hold the frames of a clip.

Audio and words are contiguous: if requested, the chunks between the first and
the last frame are read as well.
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
    """The stored frames to read, by number or by time.

    Attributes:
        frames: int32 [T], numbers of stored frames; or None.
        times: int64 [T], microseconds, for the frames shown at these times;
            or None.
    """

    frames: tf.Tensor | None = None
    times: tf.Tensor | None = None


def read(
    chunks: clip_table.Chunks,
    picked: Picked,
    manifest: manifests.Manifest,
    unbroken_seconds: float = 0.0,
    audio_seconds: float | None = None,
) -> dict[str, tf.Tensor]:
    """Reads the frames of one clip, and the features stored beside them.

    Args:
        chunks: of the clip.
        picked: the frames to read.
        manifest: of the shards.
        unbroken_seconds: reads every chunk up to the last picked frame, for
            at most this long after the first one, for audio and words; 0
            reads the chunks of the frames only.
        audio_seconds: length of the audio, for clips that store it in
            separate records; unset: `unbroken_seconds`.

    Returns:
        The features of `schema.FEATURES`, with `frames` string [T] and
        `times`, `ends` int64 [T] of the picked frames (microseconds);
        `label_ids` int64 [labels]. With video storage, `frames` are the
        packets to decode, string [P], and `shown` int32 [T] the positions of
        the picked frames among them. `waveform`, float32 [n], is contiguous
        and starts at `audio_start`; words and voice are those of all chunks
        read.
    """
    path, columns = chunks
    chunk = _chunk_of(columns, picked)
    needed = tf.sort(chunk)
    if unbroken_seconds:
        unbroken = _unbroken(columns, chunk, unbroken_seconds)
        needed = tf.sort(tf.concat([needed, unbroken], axis=0))
    needed = tf.unique(needed).y
    offsets = tf.gather(columns.offset, needed)
    serialized = _records(path, offsets, needed, manifest.storage)
    parsed = schema.parse(serialized, manifest.contents)
    row = tf.searchsorted(needed, chunk, out_type=tf.int64)
    column = _frame_in_chunk(columns, picked, chunk, row, needed, parsed)
    record = _clip_features(parsed, manifest)
    places = tf.stack([row, column], axis=1)
    record["times"] = tf.gather_nd(parsed["times"], places)
    record["ends"] = _ends(columns, chunk, column, parsed["times"], places)
    if manifest.storage in ("h264", "h265"):
        record["frames"], record["shown"] = _with_those_before(
            parsed["frames"], places, manifest.key_every
        )
    else:
        record["frames"] = tf.gather_nd(parsed["frames"], places)
    if unbroken_seconds and "waveform" in parsed:
        audio = clip_audio.stored_audio(parsed, columns, needed, unbroken)
        if audio_seconds is None:
            audio_seconds = unbroken_seconds
        begin = record["times"][0]
        end = begin + _microseconds(audio_seconds)
        end = tf.minimum(end, tf.reduce_max(record["ends"]))
        record["waveform"], record["audio_start"] = tf.cond(
            tf.reduce_all(columns.frames > 0) & clip_audio.is_whole(audio),
            lambda: (audio.waveforms.flat_values, audio.starts[0]),
            lambda: clip_audio.cut_span(
                begin, end, _audio_records(chunks, begin, end, manifest)
            ),
        )
    return record


def read_audio(
    chunks: clip_table.Chunks,
    span: tf.Tensor,
    seconds: float,
    manifest: manifests.Manifest,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Reads the audio of any span of a clip.

    Args:
        chunks: of the clip.
        span: int64 [2], start and end, microseconds.
        seconds: most to read.
        manifest: of the shards, which hold audio.

    Returns:
        Contiguous samples, float32 [n], and the time of the first one,
        int64 [], microseconds.
    """
    begin = span[0]
    end = tf.minimum(begin + _microseconds(seconds), span[1])
    return clip_audio.cut_span(
        begin, end, _audio_records(chunks, begin, end, manifest)
    )


def _audio_records(
    chunks: clip_table.Chunks,
    begin: tf.Tensor,
    end: tf.Tensor,
    manifest: manifests.Manifest,
) -> clip_audio.StoredAudio:
    """The audio of all records of a span, chunks and continuations."""
    path, columns = chunks
    first = tf.searchsorted(columns.start_time, begin[None], side="right")[0]
    first = tf.maximum(first - 1, 0)
    stop = tf.searchsorted(columns.start_time, end[None])[0]
    places = tf.range(first, tf.maximum(stop, first + 1))
    offsets = tf.gather(columns.offset, places)
    serialized = _records(path, offsets, places, manifest.storage)
    parsed = schema.parse(serialized, manifest.contents)
    return clip_audio.stored_audio(parsed, columns, places, places)


def _records(
    path: tf.Tensor, offsets: tf.Tensor, needed: tf.Tensor, storage: str
) -> tf.Tensor:
    """string [n], the chunks `needed`; one read for adjacent ones."""
    # Raw pixels are many: a copy through a buffer costs 5 to 9 % of a clip.
    buffer = 0 if storage == "raw" else _READ_BUFFER_BYTES
    count = tf.size(needed)
    records = _records_from(path, offsets[0], buffer)
    return tf.cond(
        needed[-1] - needed[0] + 1 == count,
        lambda: records(tf.cast(count, tf.int64)),
        lambda: tf.map_fn(
            lambda offset: _records_from(path, offset, buffer)(1)[0],
            offsets,
            fn_output_signature=tf.string,
        ),
    )


def _records_from(
    path: tf.Tensor, offset: tf.Tensor, buffer: int
) -> Callable[[tf.Tensor | int], tf.Tensor]:
    """Returns a function that reads `count` records from a byte offset.

    It gives string [count], and verifies the checksum of each record.
    """

    def read(count: tf.Tensor | int) -> tf.Tensor:
        variant = tf.raw_ops.TFRecordDatasetV2(
            filenames=[path],
            compression_type="",
            buffer_size=tf.constant(buffer, tf.int64),
            byte_offsets=[offset],
        )
        spec = tf.TensorSpec((), tf.string)
        records = tf.data.experimental.from_variant(variant, spec)
        return records.take(count).batch(count).get_single_element()

    return read


def _chunk_of(columns: clip_table.Columns, picked: Picked) -> tf.Tensor:
    """int32 [T], the chunk of each picked frame."""
    if picked.times is not None:
        filled = tf.where(columns.frames > 0)[:, 0]
        starts = tf.gather(columns.start_time, filled)
        shown = time_sampling.shown_frames(starts, picked.times)
        return tf.cast(tf.gather(filled, shown), tf.int32)
    frames = tf.cast(picked.frames, tf.int64)
    return tf.searchsorted(columns.first_frame, frames, side="right") - 1


def _unbroken(
    columns: clip_table.Columns, chunk: tf.Tensor, seconds: float
) -> tf.Tensor:
    """int32 [n], the chunks with frames between the picked frames.

    From the chunk of the first frame to that of the latest one, at most
    `seconds` long.
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
    """int64 [T], the position of each picked frame in its chunk."""
    if picked.times is None:
        starts = tf.gather(columns.first_frame, chunk)
        return tf.cast(picked.frames, tf.int64) - starts
    times = parsed["times"]
    counts = tf.gather(columns.frames, needed)
    is_frame = tf.sequence_mask(counts, tf.shape(times)[1])
    times = tf.where(is_frame, times, tf.int64.max)
    return tf.cast(
        time_sampling.shown_frames(
            tf.gather(times, row), picked.times[:, None]
        )[:, 0],
        tf.int64,
    )


def _ends(
    columns: clip_table.Columns,
    chunk: tf.Tensor,
    column: tf.Tensor,
    times: tf.Tensor,
    places: tf.Tensor,
) -> tf.Tensor:
    """int64 [T], end time of each frame: start of the next, or chunk end."""
    is_last = column + 1 >= tf.gather(columns.frames, chunk)
    after = places + tf.cast([[0, 1]], tf.int64)
    after = tf.where(is_last[:, None], places, after)
    following = tf.gather_nd(times, after)
    return tf.where(is_last, tf.gather(columns.end_time, chunk), following)


def _clip_features(
    parsed: dict[str, tf.Tensor], manifest: manifests.Manifest
) -> dict[str, tf.Tensor]:
    """Features stored once per clip, and those joined over its chunks."""
    spread = {"voice_starts", "voice_ends"}
    spread |= {"words", "word_times", "word_lengths"}
    return {
        feature.name: parsed[feature.name].flat_values
        if feature.name in spread
        else parsed[feature.name][0]
        for feature in manifest.contents.features
    }


def _with_those_before(
    packets: tf.Tensor, places: tf.Tensor, key_every: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """The packets of some frames and all packets since their key frames.

    Args:
        packets: string [chunks, most frames].
        places: int64 [T, 2], chunk and frame within it.
        key_every: frames from one key frame of a chunk to the next.

    Returns:
        packets: string [P], without duplicates.
        shown: int32 [T], positions of the frames in `packets`.
    """
    most = tf.shape(packets, tf.int64)[1]
    chunk, frame = places[:, 0], places[:, 1]
    targets = chunk * most + frame
    keys = targets - frame % key_every
    needed = tf.ragged.range(keys, targets + 1).flat_values
    needed = tf.unique(tf.sort(needed)).y
    shown = tf.searchsorted(needed, targets)
    return tf.gather(tf.reshape(packets, [-1]), needed), shown
