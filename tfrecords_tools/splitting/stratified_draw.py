"""Draws splits with their share of the clips, stratified by label.

Draws whole units, which never span two splits. Validation takes the units
with the lowest hashes, test those with the highest, train the rest: a new
unit moves few others. The draw depends only on names and counts, and uses
whole numbers, so it is the same everywhere.

Source: iterative stratification, Sechidis, Tsoumakas and Vlahavas, "On the
Stratification of Multi-label Data", ECML PKDD 2011. Differs: whole units;
each label has a unit in every split before shares count; hashes decide ties
and order, where theirs is random.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tfrecords_tools import annotations
from tfrecords_tools.splitting import small_draw

Stratum = tuple[str, ...]
Counts = Mapping[Stratum, int]

_WHOLE: Stratum = ()  # All clips.
_UNLABELLED: Stratum = ("",)
_LONELY: Stratum = ("", "")  # Whose labels have no other unit.
_MANY = 10  # Labels without another unit; fewer are all in train.
_MAY_BE_GONE = {_UNLABELLED, _LONELY}  # Of train.
_TRAIN, *_OTHERS = annotations.SPLITS


def strata(clip: annotations.Clip) -> list[Stratum]:
    """Returns the strata of a clip: its labels, or unlabelled."""
    found = [
        (task, label)
        for task, text in [("", clip.label), *sorted(clip.tasks.items())]
        for label in annotations.split_labels(text)
    ]
    return found or [_UNLABELLED]


def counted(clips: Iterable[tuple[annotations.Clip, int]]) -> Counter:
    """Sums clips by stratum, each with its weight."""
    found: Counter = Counter()
    for clip, times in clips:
        found[_WHOLE] += times
        for stratum in strata(clip):
            found[stratum] += times
    return +found


def draw(
    units: Mapping[str, Counts],
    standing: Mapping[str, Counts],
    shares: Mapping[str, int],
) -> dict[str, str]:
    """Draws the split of every unit.

    Every label is in each split that has a share, where it has units enough;
    train comes first, then validation, then test. So far as that allows, the
    splits have their shares of all clips, and of each label. A unit with a
    label that no other has stays in train, unless that is one of many such
    labels, which most units have, or names each unit of a further task.

    Where units have several labels, up to `small_draw.MOST_UNITS` of them are
    drawn the best way that there is; of more, a label may be missing in
    validation or test though another draw would have it there.

    Args:
        units: name to what `counted` gives. Names decide the draw.
        standing: split to the same of what is in it already.
        shares: split to its share, a whole number, above 0 for train.

    Returns:
        Name to split.
    """
    drawing = _Drawing(units, standing, shares)
    used = [split for split in _OTHERS if shares[split]]
    for stratum in drawing.labels or drawing.unlabelled:
        for split in used:
            drawing.represent(stratum, split)
    for split in used:
        for stratum in [*drawing.labels, *drawing.unlabelled]:
            drawing.take_share(stratum, split)
        drawing.fill(split, excess=1)
        drawing.fill(split, excess=2)
        drawing.take_share(_LONELY, split)
    return small_draw.improved(
        drawing.splits, units, standing, shares, drawing.labels, drawing.bound
    )


class _Drawing:
    """State of a draw.

    Attributes:
        splits: name to split; train until another takes the unit.
        bound: units that train cannot do without, for a label of theirs.
        unlabelled: the stratum of clips without a label, if there are some.
        labels: strata of a label, those of the fewest units first.
    """

    def __init__(
        self,
        units: Mapping[str, Counts],
        standing: Mapping[str, Counts],
        shares: Mapping[str, int],
    ) -> None:
        self._shares, self._sum = shares, sum(shares.values())
        self._have = {s: Counter(standing.get(s, {})) for s in _OTHERS}
        self._in_train = Counter(standing.get(_TRAIN, {}))
        known = {k for counts in standing.values() for k in counts}
        seen = Counter(k for counts in units.values() for k in counts)
        lonely = {k for k in seen if seen[k] == 1 and k not in known}
        lonely -= {_WHOLE, _UNLABELLED}
        self.bound = _bound(units, lonely)
        self._units = {n: _joined(c, lonely) for n, c in units.items()}
        self._total = sum([*self._have.values(), self._in_train], Counter())
        of_stratum: dict[Stratum, list[str]] = {}
        for name in sorted(units, key=annotations.hash_place):
            self._total.update(self._units[name])
            for stratum in self._units[name]:
                of_stratum.setdefault(stratum, []).append(name)
        self._left = Counter({k: len(n) for k, n in of_stratum.items()})
        labels = set(of_stratum) - {_WHOLE} - _MAY_BE_GONE
        self.labels = sorted(labels, key=lambda k: (self._left[k], k))
        self.unlabelled = [k for k in of_stratum if k == _UNLABELLED]
        self.splits = dict.fromkeys(sorted(units), _TRAIN)
        hidden = {n for n, c in units.items() if not lonely.isdisjoint(c)}
        self._order = {
            split: {
                stratum: sorted(names[::way], key=hidden.__contains__)
                for stratum, names in of_stratum.items()
            }
            for split, way in zip(_OTHERS, (1, -1), strict=True)
        }

    def represent(self, stratum: Stratum, split: str) -> None:
        """Moves a unit of a stratum into a split that lacks it."""
        if self._have[split][stratum]:
            return
        free = [n for n in self._order[split][stratum] if self._is_free(n)]
        for name in free:
            counts = self._units[name]
            if all(
                counts[k] * self._sum <= 2 * self._wanted(k, split)
                for k in (stratum, _WHOLE)
            ):
                self._take(name, split)
                return
        if free:
            self._take(min(free, key=lambda n: self._units[n][_WHOLE]), split)

    def take_share(self, stratum: Stratum, split: str) -> None:
        """Moves units of a stratum while they fit its share."""
        for name in self._order[split].get(stratum, ()):
            need = self._need(stratum, split)
            if need <= 0:
                break
            if (
                self._units[name][stratum] * self._sum <= need
                and self._fits(name, split)
                and self._is_free(name)
            ):
                self._take(name, split)

    def fill(self, split: str, excess: int) -> None:
        """Takes units, of what is needed most, up to the share of all clips.

        Args:
            split: which.
            excess: a unit is taken if it is so many times what is missing at
                most; one below 2 times brings the split nearer to its share.
        """
        units: dict[Stratum, Iterator[str]] = {
            k: iter(self._order[split][k])
            for k in [*self.labels, *self.unlabelled]
        }
        heap = [(self._rank(k, split), k) for k in units]
        heapq.heapify(heap)
        while heap and self._need(_WHOLE, split) > 0:
            rank, stratum = heap[0]
            if rank != self._rank(stratum, split):  # Its need is met.
                heapq.heapreplace(heap, (self._rank(stratum, split), stratum))
                continue
            # A unit that does not fit now never will.
            name = next(
                (
                    n
                    for n in units[stratum]
                    if self._fits(n, split, excess) and self._is_free(n)
                ),
                None,
            )
            if name is None:
                heapq.heappop(heap)
            else:
                self._take(name, split)

    def _rank(self, stratum: Stratum, split: str) -> tuple[int, int]:
        """Sort key: most needed first, then most left."""
        return -self._need(stratum, split), -self._left[stratum]

    def _wanted(self, stratum: Stratum, split: str) -> int:
        """Clips times the sum of the shares."""
        return self._shares[split] * self._total[stratum]

    def _need(self, stratum: Stratum, split: str) -> int:
        """What is missing; clips times the sum of the shares."""
        have = self._sum * self._have[split][stratum]
        return self._wanted(stratum, split) - have

    def _fits(self, name: str, split: str, excess: int = 1) -> bool:
        size = self._units[name][_WHOLE] * self._sum
        need = self._need(_WHOLE, split)
        return size <= need if excess == 1 else size < excess * need

    def _is_free(self, name: str) -> bool:
        """Whether the unit is in train and not needed there."""
        in_train = self.splits[name] == _TRAIN and name not in self.bound
        return in_train and all(
            self._in_train[k] or self._left[k] > 1 or k in _MAY_BE_GONE
            for k in self._units[name]
        )

    def _take(self, name: str, split: str) -> None:
        self.splits[name] = split
        self._have[split].update(self._units[name])
        self._left.subtract(dict.fromkeys(self._units[name], 1))


def _bound(units: Mapping[str, Counts], lonely: set[Stratum]) -> set[str]:
    """Returns units whose label no other has, to keep in train."""
    seen = {k for counts in units.values() for k in counts if len(k) == 2}
    found: set[str] = set()
    for task in {task for task, _ in lonely}:
        alone = {k for k in lonely if k[0] == task}
        names = {n for n, c in units.items() if not alone.isdisjoint(c)}
        only = not any(k[0] == task for k in seen - alone)
        is_identity = bool(task) and only and len(alone) > 1
        if not is_identity and (
            len(alone) < _MANY or 2 * len(names) <= len(units)
        ):
            found |= names
    return found


def _joined(counts: Counts, lonely: set[Stratum]) -> Counts:
    """Without lonely labels; with a stratum of those that have no others."""
    found = {k: count for k, count in counts.items() if k not in lonely}
    if len(found) == 1 and len(counts) > 1:
        found[_LONELY] = counts[_WHOLE]
    return found
