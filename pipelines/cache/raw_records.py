"""Splits one record into shorter records whose frames are raw pixels.

Each chunk gets the audio, speech and words of its time, by the rules by which
build_shards assigned them to the record.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

STORAGE = "raw"


def split_record(
    record: dict[str, Any],
    pixels: np.ndarray,
    extras: tuple[str, ...],
    most: int,
) -> Iterator[dict[str, Any]]:
    """Splits a record into chunks.

    Args:
        record: result of `schema.decode`.
        pixels: uint8 [frames, height, width, 3], its decoded frames; empty
            for a continuation of the audio of the previous record.
        extras: names in `schema.EXTRAS` of its further features.
        most: maximum number of frames per chunk.

    Yields:
        Records for `schema.encode`, in order of time, `storage` raw.
    """
    if "waveform" in extras and _is_divided(record):
        most = max(most, len(pixels))  # Continuations follow all frames.
    size = (
        pixels.shape if len(pixels) else (0, record["height"], record["width"])
    )
    times = record["times"]
    edges = [record["start_time"], *times[most::most], record["end_time"]]
    for number, span in enumerate(itertools.pairwise(edges)):
        inside = slice(number * most, (number + 1) * most)
        chunk = record | {
            "frames": [frame.tobytes() for frame in pixels[inside]],
            "times": times[inside],
            "format": STORAGE,
            "height": size[1],
            "width": size[2],
            "start_time": span[0],
            "end_time": span[1],
        }
        for extra in extras:
            if extra in _CUT:  # Others are of the whole clip.
                chunk |= _CUT[extra](record, *span)
        yield chunk


def _samples(record: dict[str, Any], *times: int) -> list[int]:
    return [round(time * record["sample_rate"] / 1e6) for time in times]


def _is_divided(record: dict[str, Any]) -> bool:
    """Whether the samples end before the record does."""
    first, last = _samples(record, record["start_time"], record["end_time"])
    return len(record["waveform"]) < last - first


def _waveform(record: dict[str, Any], start: int, end: int) -> dict[str, Any]:
    # Round first, then subtract, so that the chunks add up.
    begin, first, last = _samples(record, record["start_time"], start, end)
    return {"waveform": record["waveform"][first - begin : last - begin]}


def _voice(record: dict[str, Any], start: int, end: int) -> dict[str, Any]:
    spans = zip(record["voice_starts"], record["voice_ends"], strict=True)
    inside = [
        (max(begin, start), min(stop, end))
        for begin, stop in spans
        if begin < end and stop > start
    ]
    return {
        "voice_starts": [begin for begin, _ in inside],
        "voice_ends": [stop for _, stop in inside],
    }


def _words(record: dict[str, Any], start: int, end: int) -> dict[str, Any]:
    """Words that begin in the span; the first chunk adds earlier ones."""
    is_first = start == record["start_time"]
    here = [
        place
        for place, time in enumerate(record["word_times"])
        if time < end and (is_first or time >= start)
    ]
    return {
        name: [record[name][place] for place in here]
        for name in ("words", "word_times", "word_lengths")
    }


_CUT = {"waveform": _waveform, "voice": _voice, "words": _words}
