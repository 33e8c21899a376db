"""Divides the audio of a chunk among records of bounded size.

Few frames may last for hours. If a chunk lasts longer than one record may,
its record holds only the beginning of the audio, and continuation records
(audio only) hold the rest. Silent spans are not written.
"""

import itertools

import numpy as np

# Chunks at ordinary frame rates stay whole: 64 frames one second apart at
# 48 kHz are 3.1 million samples.
MOST_SAMPLES = 1 << 22
RECORD_SAMPLES = 1 << 20  # Per record of a divided chunk.

Span = tuple[int, int]


def samples_between(start: int, end: int, rate: float) -> int:
    """Returns the samples of a chunk; those of a clip's chunks add up.

    Args:
        start: microseconds.
        end: microseconds.
        rate: samples a second.
    """
    return round(end * rate / 1e6) - round(start * rate / 1e6)


def spans(start: int, end: int, rate: float) -> list[Span]:
    """Returns the spans of audio with a record each, microseconds.

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
    """Returns the samples to write: none for silence in a divided chunk."""
    return samples if samples.any() or not divided else samples[:0]


def is_whole(count: int, start: int, end: int, rate: float) -> bool:
    """Whether the number of samples in a record is valid.

    Args:
        count: samples in the record.
        start: of the record, microseconds.
        end: of the record.
        rate: samples a second.
    """
    expected = samples_between(start, end, rate)
    divided = expected > MOST_SAMPLES and count <= RECORD_SAMPLES
    return count == expected or divided
