"""Finds the best draw of few units by trying all, counting labels.

A greedy draw may miss it if units have several labels.
"""

import itertools
from collections.abc import Iterable, Mapping

from tfrecords_tools import annotations

Stratum = tuple[str, ...]
Counts = Mapping[Stratum, int]
MOST_UNITS = 6  # 729 draws, some milliseconds.

_WHOLE: Stratum = ()


def improved(
    drawn: Mapping[str, str],
    units: Mapping[str, Counts],
    standing: Mapping[str, Counts],
    shares: Mapping[str, int],
    labels: Iterable[Stratum],
    bound: Iterable[str],
) -> dict[str, str]:
    """Returns a draw with more labels in train, validation, test, in order.

    Args:
        drawn: unit to split, from a greedy draw.
        units: name to clips of each stratum.
        standing: split to the counts that it already has.
        shares: split to its share.
        labels: the strata that every split should have.
        bound: units that must keep their split.

    Returns:
        `drawn` itself if no other draw has more labels; ties are decided by
        the sizes nearest to the shares.
    """
    labels, bound = frozenset(labels), set(bound)
    used = [split for split in annotations.SPLITS if shares[split]]

    def judged(draw: Mapping[str, str]) -> tuple[list[int], int]:
        have = {s: labels & standing.get(s, {}).keys() for s in used}
        sizes = {s: standing.get(s, {}).get(_WHOLE, 0) for s in used}
        for name, split in draw.items():
            have[split] = have[split] | (labels & units[name].keys())
            sizes[split] += units[name][_WHOLE]
        total, whole = sum(sizes.values()), sum(shares.values())
        off = sum(abs(sizes[s] * whole - shares[s] * total) for s in used)
        return [len(have[s]) for s in used], -off

    before, _ = judged(drawn)
    if len(units) > MOST_UNITS or min(before) == len(labels):
        return dict(drawn)
    order = sorted(units, key=annotations.hash_place)
    every = itertools.product(
        *([drawn[name]] if name in bound else used for name in order)
    )
    draws = (dict(zip(order, splits, strict=True)) for splits in every)
    best = max(draws, key=judged)
    return best if judged(best)[0] > before else dict(drawn)
