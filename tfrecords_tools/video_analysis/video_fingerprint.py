"""A fingerprint of appearance and motion of a video, in 1312 numbers.

Designed to distinguish copies from similar videos: clips of one scene, one
speaker or one fixed camera have the same image and differ only in motion. So
the mean image and the changes are stored separately.

Source: the three-dimensional DCT of Coskun, Sankur and Memon,
"Spatio-Temporal Transform Based Video Hashing", IEEE Transactions on
Multimedia 8(6), 2006. Differs: levels instead of bits; coefficients are
weighted by frequency, so that slow, wide changes, which many videos share, do
not dominate.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np

SIDE = 16  # Cells of the image, either way.
COLOR_SIDE = 4
_MOTION = (16, 8, 8)  # Lowest frequencies kept: time, height, width.
_BINS = 32  # Parts of the video's time.
_FIRST_PERIOD = 62_500  # Microseconds.
_MOST_PERIODS = 256
_FLAT = 1.0  # Gray levels; a flatter mean image is uninformative.
_LEVELS = 8.0  # Of the mean square of all coefficients.


class Fingerprint(NamedTuple):
    """Properties that two copies of a video share.

    Attributes:
        length: duration, microseconds.
        image: int8 [256], DCT of the mean image; zeros where it is flat.
        motion: int8 [1024], DCT of how the image changes.
        color: int8 [4, 4, 2], mean Cr and Cb of each cell, 0 for gray.
        energy: gray levels by which a cell changes, root mean square.
    """

    length: int
    image: bytes
    motion: bytes
    color: bytes
    energy: float


class Maker:
    """Computes the fingerprint from all frames, in order of time.

    Memory is constant: sums of cells are kept for at most 256 periods; when
    they are full, neighbours merge into periods of twice the length. Sums
    over time do not depend on the frame rate.
    """

    def __init__(self) -> None:
        self._sums = np.zeros((_MOST_PERIODS, SIDE, SIDE))
        self._shown = np.zeros(_MOST_PERIODS)
        self._colors = np.zeros((SIDE, SIDE, 3))
        self._period = _FIRST_PERIOD
        self._begin: int | None = None
        self._end = 0

    def add(self, time: int, end_time: int, image: np.ndarray) -> None:
        """Adds the frame presented in [time, end_time), microseconds.

        Args:
            time: not before the previous frame.
            end_time: after `time`.
            image: uint8 [h, w, 3], BGR; at least 16 by 16 for a good result.
        """
        if self._begin is None:
            self._begin = time
        size = (SIDE, SIDE)
        colors = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        cells = cv2.cvtColor(colors, cv2.COLOR_BGR2GRAY)
        first, last = time - self._begin, end_time - self._begin
        self._colors += (last - first) * colors.astype(np.float64)
        while last > self._period * _MOST_PERIODS:
            self._sums = _halved(self._sums)
            self._shown = _halved(self._shown)
            self._period *= 2
        for number in range(first // self._period, -(-last // self._period)):
            inside = min(last, (number + 1) * self._period)
            inside -= max(first, number * self._period)
            self._sums[number] += inside * cells.astype(np.float64)
            self._shown[number] += inside
        self._end = max(self._end, last)

    def fingerprint(self) -> Fingerprint | None:
        """Returns the fingerprint of all added frames; None without frames."""
        if not self._end:
            return None
        waves = _transformed(self._volume())
        still = waves[0].copy()
        still[0, 0] = 0
        motion = waves[1:]
        count = _BINS * SIDE * SIDE
        kept = motion[tuple(slice(n) for n in _MOTION)] * _weights(_MOTION)
        is_flat = np.linalg.norm(still) < _FLAT * math.sqrt(count)
        return Fingerprint(
            length=self._end,
            image=_levels(0 * still if is_flat else still * _weights()),
            motion=_levels(kept),
            color=self._color(),
            energy=round(float(np.linalg.norm(motion)) / math.sqrt(count), 3),
        )

    def _color(self) -> bytes:
        part = SIDE // COLOR_SIDE
        shape = COLOR_SIDE, part, COLOR_SIDE, part, 3
        blue, green, red = np.moveaxis(
            self._colors.reshape(shape).mean(axis=(1, 3)) / self._end, -1, 0
        )
        luma = 0.299 * red + 0.587 * green + 0.114 * blue
        pair = np.stack([(red - luma) / 1.402, (blue - luma) / 1.772], axis=-1)
        return pair.round().clip(-127, 127).astype(np.int8).tobytes()

    def _volume(self) -> np.ndarray:
        """Returns float64 [32, 16, 16], mean cells in equal spans of time."""
        count = -(-self._end // self._period)
        edges = np.minimum(np.arange(count + 1) * self._period, self._end)
        edges_out = np.linspace(0, self._end, _BINS + 1)
        sums = _running(self._sums[:count].reshape(count, -1))
        parts = [np.interp(edges_out, edges, column) for column in sums.T]
        parts = np.diff(np.stack(parts, axis=1), axis=0)
        shown = np.interp(edges_out, edges, _running(self._shown[:count]))
        means = parts / np.maximum(np.diff(shown), 1)[:, None]
        return means.reshape(_BINS, SIDE, SIDE)


def _halved(values: np.ndarray) -> np.ndarray:
    """Returns sums of neighbours, padded with zeros."""
    pairs = values[0::2] + values[1::2]
    return np.concatenate([pairs, np.zeros_like(pairs)])


def _running(values: np.ndarray) -> np.ndarray:
    return np.concatenate([0 * values[:1], np.cumsum(values, axis=0)])


def _transformed(volume: np.ndarray) -> np.ndarray:
    """The orthonormal DCT-II of all three axes."""
    # einsum and not matmul: its sums do not depend on a BLAS.
    waves = np.einsum("ka,axy->kxy", _cosines(_BINS), volume)
    waves = np.einsum("xb,kby->kxy", _cosines(SIDE), waves)
    return np.einsum("yc,kxc->kxy", _cosines(SIDE), waves)


def _cosines(count: int) -> np.ndarray:
    wave, place = np.arange(count)[:, None], np.arange(count)
    table = np.cos(math.pi * (place + 0.5) * wave / count)
    table[0] /= math.sqrt(2)
    return table * math.sqrt(2 / count)


def _weights(shape: tuple[int, ...] = (1, SIDE, SIDE)) -> np.ndarray:
    """Returns float64 weights of `shape` that grow with frequency."""
    time, high, wide = np.ogrid[tuple(slice(n) for n in shape)]
    return (time + 1) * np.sqrt(high**2 + wide**2 + 0.5)


def _levels(values: np.ndarray) -> bytes:
    """int8, from -127 to 127, whatever the contrast."""
    scale = math.sqrt(float(np.mean(values**2)))
    if scale < 1e-6:
        return bytes(values.size)
    levels = np.round(values * (_LEVELS / scale)).clip(-127, 127)
    return levels.astype(np.int8).tobytes()
