"""Divides the audio of a chunk among records of bounded size.

Few frames can be shown for hours. Where a chunk lasts longer than one record
may, its record holds only the beginning of the audio, and continuations hold
the rest: records of audio alone. Nothing is written of a span of silence.
"""

import itertools

import numpy as np

# Chunks that ordinary frame rates give stay whole: 64 frames a second apart
# at 48 kHz are 3.1 million samples.
MOST_SAMPLES = 1 << 22
RECORD_SAMPLES = 1 << 20  # Of a record, where a chunk is divided.

Span = tuple[int, int]


def samples_between(start: int, end: int, rate: float) -> int:
    """Samples of a chunk, so that those of a clip's chunks add up.

    Args:
        start: microseconds.
        end: microseconds.
        rate: samples a second.
    """
    return round(end * rate / 1e6) - round(start * rate / 1e6)


def spans(start: int, end: int, rate: float) -> list[Span]:
    """The spans of audio that have a record each, microseconds.

    Args:
        start: of the chunk's first frame, microseconds.
        end: of its last frame.
        rate: samples a second.
    """
    if samples_between(start, end, rate) <= MOST_SAMPLES:
        return [(start, end)]
    step = int((RECORD_SAMPLES - 1) * 1_000_000 / rate)
    return list(itertools.pairwise([*range(start, end, step), end]))


def written(samples: np.ndarray, divided: bool) -> np.ndarray:
    """What is written of a span: none of the silence of a divided chunk."""
    return samples if samples.any() or not divided else samples[:0]


def is_whole(count: int, start: int, end: int, rate: float) -> bool:
    """Whether a record may hold so many samples.

    Args:
        count: of samples.
        start: of the record, microseconds.
        end: of the record.
        rate: samples a second.
    """
    expected = samples_between(start, end, rate)
    divided = expected > MOST_SAMPLES and count <= RECORD_SAMPLES
    return count == expected or divided
