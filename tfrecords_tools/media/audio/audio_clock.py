"""Determines the positions of samples from the times that a file states.

Positions are in samples of the track from the container's start.
"""

import itertools
import math
import statistics
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

# Times of real recorders jitter by some ms; a lost packet is 20 ms or more.
JITTER_SECONDS = 0.01
# Over one second the times of a clock that ticks in ms average out.
_HEAD_SECONDS = 1.0
_UNITS = {"vorbis": 64}  # Its blocks of 128 to 2048 overlap in steps of it.

Stated = tuple[float | None, np.ndarray]  # Stated position, float32 [n].


class Block(NamedTuple):
    """Samples, float32 [n], and the position of the first one."""

    place: int
    samples: np.ndarray


class Run:
    """Audio from one position on; its first second determines its start.

    Attributes:
        head: the first second.
        place: position of the first sample; None if not stated.
    """

    def __init__(self, decoded: Iterator[Stated], rate: int) -> None:
        """Sets the decoded samples and the sample rate."""
        self._decoded = decoded
        self._jitter = JITTER_SECONDS * rate
        self.head: list[Stated] = []
        self.place: float | None = None
        self._read_head(_HEAD_SECONDS * rate)

    def blocks(self) -> Iterator[Block]:
        """Yields all blocks; nearly contiguous ones follow seamlessly."""
        expected = round(self.place or 0)
        for stated, samples in itertools.chain(self.head, self._decoded):
            if stated is not None and abs(stated - expected) > self._jitter:
                expected = round(stated)
            yield Block(expected, samples)
            expected += len(samples)

    def continues(self, other: "Run", tick: float, codec: str) -> None:
        """Aligns to the exact sample that `other`, from the start, would have.

        If the clock has only ms, packets give the rest: they hold
        equal numbers of samples, counted from the first one.

        Args:
            other: the same track from its start.
            tick: of the file's clock, in samples.
            codec: FFmpeg's name.
        """
        if tick <= 1 or self.place is None or other.place is None:
            return
        lengths = [len(samples) for _, samples in other.head]
        unit = _UNITS.get(codec) or math.gcd(*lengths[1:])
        if not unit:
            return
        first = round(other.place) + lengths[0]
        near = first + round((self.place - first) / unit) * unit
        if abs(near - self.place) <= tick:
            self.place = near

    def _read_head(self, enough: float) -> None:
        begins: list[float] = []
        count = 0
        for stated, samples in self._decoded:
            self.head.append((stated, samples))
            if stated is not None:
                begin = stated - count
                if begins and abs(begin - begins[0]) > self._jitter:
                    break
                begins.append(begin)
            count += len(samples)
            if count >= enough:
                break
        if begins:
            self.place = statistics.median(begins)
