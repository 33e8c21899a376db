"""The best step of a run, and early stopping."""

import dataclasses
import math
import re
from typing import Any

from tfrecords_tools.base import errors

_DEFAULTS = (
    "accuracy",
    "mean_average_precision",
    "psnr",
    "recall_at_1",
    "loss",
)
_SAME_AT_ALL_STEPS = re.compile("majority_accuracy|random_average_precision")
_LOWER_IS_BETTER = re.compile("loss|error|distance|perplexity|flicker")


@dataclasses.dataclass(frozen=True)
class Monitor:
    """The monitored metric over a run's evaluations; stored in checkpoints.

    Attributes:
        name: of the monitored metric; None before the first evaluation, or if
            no metric can be monitored.
        evaluated: the step evaluated last.
        step: the best step.
        value: its metric.
        since: evaluations after the best step.
    """

    name: str | None = None
    evaluated: int = 0
    step: int | None = None
    value: float | None = None
    since: int = 0

    def after(
        self,
        step: int,
        report: dict[str, Any],
        metric: str | None,
        good: bool | None = None,
    ) -> "Monitor":
        """Returns the monitor after an evaluation.

        Args:
            step: the evaluated step; an earlier one changes nothing.
            report: of the evaluation.
            metric: the metric to monitor; None for the default.
            good: whether the step is worth keeping; None if the objective
                does not say. Without a metric the last good step is best.

        Raises:
            UserError: the report has no such metric.
        """
        name = find_metric(report, metric)
        if step <= self.evaluated:
            return self
        if good is False:
            return dataclasses.replace(
                self, evaluated=step, since=self.since + 1
            )
        if name is None and good:
            return Monitor(None, step, step)
        if name is None:
            return dataclasses.replace(self, evaluated=step)
        value = float(report[name])
        if self.value is None or _is_better(name, value, self.value):
            return Monitor(name, step, step, value, 0)
        return dataclasses.replace(self, evaluated=step, since=self.since + 1)

    def is_over(self, patience: int | None) -> bool:
        """Whether `patience` evaluations in a row brought no improvement."""
        return patience is not None and self.since >= patience

    def describe(self) -> str:
        """`accuracy 0.8312 at step 200`; empty before any."""
        if self.value is None:
            return "" if self.step is None else f"step {self.step}"
        return f"{self.name} {self.value:.4f} at step {self.step}"


def find_metric(report: dict[str, Any], metric: str | None) -> str | None:
    """The metric to monitor: `metric`, else the default, else None.

    Raises UserError if the report has no number of that name.
    """
    numbers = [
        name
        for name, value in report.items()
        if isinstance(value, float) and not _SAME_AT_ALL_STEPS.search(name)
    ]
    if metric is None:
        return next((name for name in _DEFAULTS if name in numbers), None)
    if metric not in numbers:
        raise errors.UserError(
            f"--train.monitor={metric}: the evaluation gives no such number; "
            f"wanted one of {', '.join(numbers)}"
        )
    return metric


def _is_better(name: str, value: float, best: float) -> bool:
    if math.isnan(value) or math.isnan(best):
        return math.isnan(best) and not math.isnan(value)
    return value < best if _LOWER_IS_BETTER.search(name) else value > best
