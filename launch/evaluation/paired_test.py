"""Whether one kind of answers is better than another on the same clips."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfrecords_tools import label_balance

CHANCE = 0.05  # Differences with a larger p-value may be chance.


class Comparison(NamedTuple):
    """The result of a sign test.

    Attributes:
        better: groups with more clips right by the first kind.
        worse: groups with fewer.
        p_value: probability of a difference at least as large, if both were
            equally good.
    """

    better: int
    worse: int
    p_value: float

    @property
    def is_better(self) -> bool:
        """Whether the first kind is better by more than chance."""
        return self.better > self.worse and self.p_value < CHANCE


def compare(
    hits: np.ndarray, others: np.ndarray, groups: Sequence[str]
) -> Comparison:
    """Compares the right answers of two kinds on the same clips.

    The exact sign test over groups, two-sided: clips of one group, such as a
    camera, are not independent. With one clip a group it is the exact test of
    McNemar.

    Args:
        hits: bool [N], right answers of the first kind.
        others: bool [N], of the second kind.
        groups: the N groups of the clips.

    Source: McNemar, "Note on the Sampling Error of the Difference Between
    Correlated Proportions or Percentages", Psychometrika 12, 1947.
    """
    _, numbers = np.unique(
        np.asarray(groups, object).astype(str), return_inverse=True
    )
    more = np.bincount(numbers, hits.astype(int) - others.astype(int))
    better, worse = int((more > 0).sum()), int((more < 0).sum())
    return Comparison(better, worse, _sign_test(better, worse))


def largest_gain(hits: np.ndarray, others: np.ndarray) -> float:
    """The upper end of the 95 % interval of the difference of two accuracies.

    Args:
        hits: bool [N], right answers of the first kind.
        others: bool [N], of the second kind.

    Source: Newcombe, "Interval Estimation for the Difference Between
    Independent Proportions", Statistics in Medicine 17, 1998, method 10. That
    both are about the same clips makes it wider than need be.
    """
    high = label_balance.wilson(float(hits.mean()), len(hits))[1]
    low = label_balance.wilson(float(others.mean()), len(others))[0]
    one, other = hits.mean(), others.mean()
    return float(one - other + math.hypot(high - one, other - low))


def _sign_test(better: int, worse: int) -> float:
    """Probability that a fair coin falls at least as unevenly."""
    count = better + worse
    logs = (
        math.lgamma(count + 1)
        - math.lgamma(number + 1)
        - math.lgamma(count - number + 1)
        - count * math.log(2)
        for number in range(max(better, worse), count + 1)
    )
    return min(1.0, 2 * sum(map(math.exp, logs)))
