"""Finds clips that are nearly equal although their labels differ.

How alike features of unrelated clips are depends on the encoder. So a pair is
judged by its distance in units of the usual distance of a clip to its nearest
neighbour that is no copy: where most clips are there twice, the distance to the
copy would be the usual one.
"""

from typing import NamedTuple

import numpy as np

from launch.embedding import labelled_clips
from launch.probing import neighbours

_MOST = 10  # Neighbours of a clip that may be near-duplicates.
_COPY = 1e-3  # Distance of equal clips: rounding of float32, squared.


class Pair(NamedTuple):
    """Two clips.

    Attributes:
        places: of the clips.
        distance: in units of the usual distance to the nearest neighbour.
    """

    places: tuple[int, int]
    distance: float


def find(clips: labelled_clips.LabelledClips, limit: float) -> list[Pair]:
    """Pairs with different labels, closest first.

    Args:
        clips: all clips.
        limit: largest distance of a pair.
    """
    rows = neighbours.unit(clips.features)
    count = min(_MOST, len(rows) - 1)
    if count < 1:
        return []
    places = np.zeros((len(rows), count), int)
    distances = np.zeros((len(rows), count))
    own = np.arange(len(rows))
    for block, near in neighbours.similarities(rows, rows, (own, own)):
        found = np.argpartition(-near, count - 1, axis=1)[:, :count]
        places[block] = found
        squares = 2 - 2 * np.take_along_axis(near, found, 1)
        distances[block] = np.sqrt(squares.clip(0))
    usual = _usual(distances)
    least = max(limit * usual, _COPY)
    pairs = {}
    for place, other in np.argwhere(distances <= least).tolist():
        first, second = sorted((place, int(places[place, other])))
        labels = clips.labels[[first, second]]
        if labels[0] != labels[1] and labels.min() >= 0:
            pairs[first, second] = float(distances[place, other] / usual)
    found = [Pair(places, distance) for places, distance in pairs.items()]
    return sorted(found, key=lambda pair: (pair.distance, pair.places))


def _usual(distances: np.ndarray) -> float:
    """Median distance to the nearest neighbour that is no copy; 1 without."""
    nearest = np.where(distances > _COPY, distances, np.inf).min(1)
    nearest = nearest[np.isfinite(nearest)]
    return float(np.median(nearest)) if len(nearest) else 1.0
