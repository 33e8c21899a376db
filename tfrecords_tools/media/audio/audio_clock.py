"""Settles where samples stand, from the places that a file states for them.

A place is counted in samples of the track from the container's start.
"""

import itertools
import math
import statistics
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

# Times of real recorders waver by some ms; a lost packet is 20 ms or more.
JITTER_SECONDS = 0.01
# Over one second the times of a clock that ticks in ms average out.
_HEAD_SECONDS = 1.0
_UNITS = {"vorbis": 64}  # Its blocks of 128 to 2048 overlap in steps of it.

Stated = tuple[float | None, np.ndarray]  # Stated place, float32 [n].


class Block(NamedTuple):
    """Samples, float32 [n], and the place of the first one."""

    place: int
    samples: np.ndarray


class Run:
    """Audio from one place on; its first second settles where it begins.

    Attributes:
        head: the first second.
        place: of the first sample; None where nothing is stated.
    """

    def __init__(self, decoded: Iterator[Stated], rate: int) -> None:
        """Takes what a decoder gives, and its samples a second."""
        self._decoded = decoded
        self._jitter = JITTER_SECONDS * rate
        self.head: list[Stated] = []
        self.place: float | None = None
        self._read_head(_HEAD_SECONDS * rate)

    def blocks(self) -> Iterator[Block]:
        """Every block; one whose stated place is near follows seamlessly."""
        expected = round(self.place or 0)
        for stated, samples in itertools.chain(self.head, self._decoded):
            if stated is not None and abs(stated - expected) > self._jitter:
                expected = round(stated)
            yield Block(expected, samples)
            expected += len(samples)

    def continues(self, other: "Run", tick: float, codec: str) -> None:
        """Moves to the very sample where `other`, from the start, would be.

        Where the clock only tells ms, packets tell the rest: they hold
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
