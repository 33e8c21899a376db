"""Finds clips that resemble no other ones, and groups without a label."""

from typing import NamedTuple

import numpy as np

from launch.embedding import labelled_clips
from launch.probing import neighbours

_NEIGHBOURS = 5
_LEAST_CLUSTER = 3
_TO_SIGMA = 1.4826  # Of the median absolute deviation.


class Outlier(NamedTuple):
    """A clip far from its neighbours.

    Attributes:
        place: of the clip.
        deviations: robust standard deviations above the usual distance.
    """

    place: int
    deviations: float


class Cluster(NamedTuple):
    """Clips without a label that resemble one another.

    Attributes:
        places: of the clips, the most central one first.
        nearest: label of the most similar labelled clips; -1 without any.
    """

    places: tuple[int, ...]
    nearest: int


class _Near(NamedTuple):
    places: np.ndarray  # int [N, k], most similar first.
    similarities: np.ndarray  # float [N, k]


def find(clips: labelled_clips.LabelledClips, limit: float) -> list[Outlier]:
    """Clips whose neighbours of other groups are unusually far, farthest
    first.

    Args:
        clips: all clips.
        limit: least deviations.
    """
    near = _near(clips.features, clips.groups)
    if near is None:
        return []
    similarity = np.where(
        np.isfinite(near.similarities), near.similarities, -1.0
    )
    distances = np.sqrt((2 - 2 * similarity).clip(0)).mean(1)
    middle = np.median(distances)
    spread = _TO_SIGMA * np.median(np.abs(distances - middle))
    deviations = (distances - middle) / max(spread, 1e-6)
    order = np.argsort(-deviations, kind="stable")
    return [
        Outlier(int(place), float(deviations[place]))
        for place in order
        if deviations[place] >= limit
    ]


def clusters(clips: labelled_clips.LabelledClips) -> list[Cluster]:
    """Groups of at least three clips without a label, largest first.

    Two of them are connected if each is among the nearest neighbours of the
    other among all clips.
    """
    near = _near(clips.features, np.arange(len(clips.clips)))
    if near is None or (clips.labels >= 0).all():
        return []
    free = clips.labels < 0
    links = [set(row) for row in near.places.tolist()]
    left, found = set(np.flatnonzero(free).tolist()), []
    while left:
        members, waiting = [], [left.pop()]
        while waiting:
            place = waiting.pop()
            members.append(place)
            linked = {
                other for other in links[place] & left if place in links[other]
            }
            left -= linked
            waiting += linked
        if len(members) >= _LEAST_CLUSTER:
            found.append(_cluster(clips, sorted(members)))
    return sorted(found, key=lambda each: (-len(each.places), each.places))


def _cluster(
    clips: labelled_clips.LabelledClips, members: list[int]
) -> Cluster:
    rows = neighbours.unit(clips.features)
    centre = rows[members].mean(0)
    order = np.argsort(-(rows[members] @ centre), kind="stable")
    known = np.flatnonzero(clips.labels >= 0)
    nearest = -1
    if len(known):
        closest = known[np.argsort(-(rows[known] @ centre))[:_NEIGHBOURS]]
        nearest = int(np.bincount(clips.labels[closest]).argmax())
    return Cluster(tuple(members[i] for i in order), nearest)


def _near(features: np.ndarray, groups: np.ndarray) -> _Near | None:
    """The nearest neighbours of other groups; None with too few clips."""
    rows = neighbours.unit(features)
    count = min(_NEIGHBOURS, len(rows) - 1)
    if count < 1:
        return None
    places = np.zeros((len(rows), count), int)
    found = np.zeros((len(rows), count))
    for block, near in neighbours.similarities(rows, rows, (groups, groups)):
        best = np.argsort(-near, axis=1, kind="stable")[:, :count]
        places[block] = best
        found[block] = np.take_along_axis(near, best, 1)
    return _Near(places, found)
