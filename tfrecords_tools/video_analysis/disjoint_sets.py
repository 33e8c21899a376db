"""Joins names into sets, pair by pair; the order of the pairs is no matter."""

from collections.abc import Iterable


class DisjointSets:
    """Each name is a set of its own until it is joined with another.

    Source: Tarjan, "Efficiency of a Good But Not Linear Set Union
    Algorithm", Journal of the ACM 22(2), 1975.
    """

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def first(self, name: str) -> str:
        """The smallest name of the set that holds `name`."""
        path = []
        while (above := self._above.get(name, name)) != name:
            path.append(name)
            name = above
        for each in path:
            self._above[each] = name
        return name

    def join(self, names: Iterable[str]) -> None:
        """Makes one set of those that hold the names."""
        firsts = sorted({self.first(name) for name in names})
        for each in firsts[1:]:
            self._above[each] = firsts[0]
