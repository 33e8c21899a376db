"""Reports which weights were loaded from a file."""

import collections
import dataclasses
import math
from collections.abc import Sequence

from video_models.weights import fitting

_NAMED = 5  # Names in the summary.


@dataclasses.dataclass(frozen=True)
class Report:
    """The result of loading all weights.

    Attributes:
        source: the file, for messages.
        rows: one per weight.
        unused: names of unused arrays.
    """

    source: str
    rows: Sequence[fitting.Row]
    unused: Sequence[str]

    @property
    def fresh(self) -> list[fitting.Row]:
        """Weights that keep their initial values."""
        return [row for row in self.rows if row.source is None]

    @property
    def share(self) -> float:
        """Fraction of the parameters that were loaded."""
        every = sum(_size(row) for row in self.rows)
        return sum(map(_loaded, self.rows)) / max(every, 1)

    @property
    def is_whole(self) -> bool:
        """Whether everything was loaded."""
        return all(row.source and row.loaded == 1.0 for row in self.rows)

    @property
    def notes(self) -> list[str]:
        """Remarks on loaded weights, without duplicates."""
        return list(dict.fromkeys(r.note for r in self.rows if r.note))

    def summary(self) -> str:
        """Returns one line: the loaded fraction, and the first weights left
        out."""
        most = 100.0 if self.is_whole else 99.9  # 100 only if complete.
        shown = min(100 * self.share, most)
        text = f"loaded {shown:.1f} % of the parameters"
        text += f" from {self.source}"
        if self.notes:
            text += f"; {'; '.join(self.notes)}"
        if self.fresh:
            text += f"; fresh: {_list([_described(r) for r in self.fresh])}"
        if self.unused:
            text += f"; not used: {_list(list(self.unused))}"
        return text

    def text(self) -> str:
        """Returns the full report, a line per weight."""
        lines = [self.summary(), "", "part: loaded of all parameters"]
        sums = collections.defaultdict(lambda: [0, 0])
        for row in self.rows:
            both = sums[row.target.part]
            both[0] += _loaded(row)
            both[1] += _size(row)
        lines += [f"  {part}: {a:,} of {b:,}" for part, (a, b) in sums.items()]
        lines += ["", "weight <- array"]
        lines += [
            f"  {row.target.path} <- {row.source}"
            + (f" ({row.note})" if row.note else "")
            for row in self.rows
            if row.source is not None
        ]
        lines += ["", "fresh", *(f"  {_described(r)}" for r in self.fresh)]
        lines += ["", "not used", *(f"  {name}" for name in self.unused)]
        return "\n".join(lines) + "\n"


def build(
    source: str, rows: Sequence[fitting.Row], names: Sequence[str]
) -> Report:
    """Builds the report; counters among the arrays are left out."""
    used = {row.source for row in rows}
    unused = [
        name
        for name in names
        if name not in used and not name.endswith("num_batches_tracked")
    ]
    return Report(source, rows, unused)


def _size(row: fitting.Row) -> int:
    return math.prod(row.target.variable.shape)


def _loaded(row: fitting.Row) -> int:
    return round(_size(row) * row.loaded) if row.source is not None else 0


def _described(row: fitting.Row) -> str:
    shape = tuple(row.target.variable.shape)
    return f"{row.target.path} {shape} {row.why}"


def _list(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
