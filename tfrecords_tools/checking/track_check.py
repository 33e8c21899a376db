"""Checks a record's audio, voice and texts, and that they match its time."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tfrecords_tools import schema
from tfrecords_tools.building import chunk_audio


def faults(record: dict[str, Any], contents: schema.Contents) -> Iterator[str]:
    """Checks the features of `schema.EXTRAS` in a record.

    Args:
        record: from `schema.decode`.
        contents: of the records.

    Yields:
        One sentence per fault.
    """
    for extra in contents.extras:
        yield from _CHECKS[extra](record)


samples_between = chunk_audio.samples_between


def _waveform(record: dict[str, Any]) -> Iterator[str]:
    rate, samples = record["sample_rate"], np.asarray(record["waveform"])
    if not 0 < rate < float("inf"):
        yield f"sample rate is {rate}"
        return
    span = record["start_time"], record["end_time"]
    if not chunk_audio.is_whole(len(samples), *span, rate):
        expected = samples_between(*span, rate)
        yield (
            f"{len(samples)} samples, wanted {expected} for "
            f"{(span[1] - span[0]) / 1e6:g} s at {rate:g} a second"
        )
    # Written so that NaN samples fail, too.
    if len(samples) and not np.abs(samples).max() <= 1:
        yield "a sample is not in [-1, 1]"


def _voice(record: dict[str, Any]) -> Iterator[str]:
    starts, ends = record["voice_starts"], record["voice_ends"]
    if len(starts) != len(ends):
        yield f"{len(starts)} voice spans begin, {len(ends)} end"
        return
    edges = [edge for span in zip(starts, ends, strict=True) for edge in span]
    empty = any(a >= b for a, b in zip(starts, ends, strict=True))
    if empty or edges != sorted(edges):
        yield "voice spans do not increase"
    within = record["start_time"], record["end_time"]
    if edges and not (within[0] <= min(edges) and max(edges) <= within[1]):
        yield f"a voice span leaves the chunk, {_seconds(*within)}"


def _words(record: dict[str, Any]) -> Iterator[str]:
    times, lengths = record["word_times"], record["word_lengths"]
    counts = len(record["words"]), len(times), len(lengths)
    if len(set(counts)) > 1:
        yield "{} words have {} times and {} lengths".format(*counts)
        return
    if times != sorted(times) or any(length < 0 for length in lengths):
        yield "words are not in order of time"
    # A word is in the chunk where it starts; one that started before the
    # clip is in the first chunk.
    if times and max(times) >= record["end_time"]:
        yield f"a word begins after the chunk's end, {max(times) / 1e6:g} s"


def _captions(record: dict[str, Any]) -> Iterator[str]:
    starts, ends = record["caption_starts"], record["caption_ends"]
    counts = len(record["captions"]), len(starts), len(ends)
    if len(set(counts)) > 1:
        yield "{} captions have {} starts and {} ends".format(*counts)
        return
    if record["captions"] and record["captions"][0] != record["caption"]:
        yield "the first caption is not that of the clip"
    for start, end in zip(starts, ends, strict=True):
        if not (start == end == -1 or 0 <= start < end):
            yield f"a caption lasts from {start} to {end} microseconds"


def _questions(record: dict[str, Any]) -> Iterator[str]:
    counts = len(record["questions"]), len(record["answers"])
    if len(set(counts)) > 1:
        yield "{} questions have {} answers".format(*counts)


def _seconds(start: int, end: int) -> str:
    return f"{start / 1e6:g} to {end / 1e6:g} s"


_CHECKS = {
    "waveform": _waveform,
    "voice": _voice,
    "captions": _captions,
    "questions": _questions,
    "words": _words,
}
