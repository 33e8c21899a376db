"""Joins names into disjoint sets, pair by pair, in any order."""

from collections.abc import Iterable


class DisjointSets:
    """Disjoint sets of names; initially one set per name.

    Source: Tarjan, "Efficiency of a Good But Not Linear Set Union
    Algorithm", Journal of the ACM 22(2), 1975.
    """

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def first(self, name: str) -> str:
        """Returns the smallest name in the set of `name`."""
        path = []
        while (above := self._above.get(name, name)) != name:
            path.append(name)
            name = above
        for each in path:
            self._above[each] = name
        return name

    def join(self, names: Iterable[str]) -> None:
        """Joins the sets of the names."""
        firsts = sorted({self.first(name) for name in names})
        for each in firsts[1:]:
            self._above[each] = firsts[0]
