"""Says how a model stands beside its floors, from a report."""

from collections.abc import Iterable
from typing import Any

METRICS = ("accuracy", "exact_match")
_NAMES = {"accuracy": "accuracy", "exact_match": "exact match"}
_MODEL = "this model"


def table(report: dict[str, Any]) -> list[str]:
    """Lines of a label set: the model, each floor, and the verdict.

    Args:
        report: of one label set, with `floors`; else there are no lines.
    """
    metric = _metric(report)
    if metric is None:
        return []
    rows = {_MODEL: report}
    rows |= {row["title"]: row for row in report["floors"].values()}
    width = max(map(len, rows))
    heads = f"{_NAMES[metric]} of {_clips(report)} (95 % interval)"
    lines = [f"{'':<{width}}  {heads}"]
    for title, row in rows.items():
        low, high = row[f"{metric}_interval"]
        lines.append(
            f"{title:<{width}}  {row[metric]:.4f} ({low:.2f} to {high:.2f})"
        )
    return [*lines, verdict(report)]


def line(report: dict[str, Any]) -> str:
    """The same in one line, for the log of a run; empty without floors."""
    metric = _metric(report)
    if metric is None:
        return ""
    low, high = report[f"{metric}_interval"]
    names = ", ".join(
        f"{name} {row[metric]:.4f}" for name, row in report["floors"].items()
    )
    return (
        f"{_NAMES[metric]} of {_clips(report)}: {low:.2f} to {high:.2f} at "
        f"95 %; floors: {names}; {verdict(report)}"
    )


def verdict(report: dict[str, Any]) -> str:
    """Whether the model is better than its floors by more than chance."""
    rows = report["floors"]
    of = {
        kind: [name for name, row in rows.items() if row["verdict"] == kind]
        for kind in ("better", "unclear", "not better")
    }
    parts = []
    if of["not better"]:
        parts.append(
            f"this model is not better than {_listed(of['not better'])}"
        )
    if of["unclear"]:
        values = ", ".join(f"{rows[n]['p_value']:.2g}" for n in of["unclear"])
        parts.append(
            f"these {_clips(report)} cannot tell it from "
            f"{_listed(of['unclear'])} (p = {values})"
        )
    if of["better"]:
        largest = max(rows[name]["p_value"] for name in of["better"])
        p_value = f"= {largest:.2g}" if largest >= 1e-3 else "< 0.001"
        parts.append(
            f"this model is better than {_listed(of['better'])} by more than "
            f"chance (p {p_value})"
        )
    return "; ".join(parts)


def _metric(report: dict[str, Any]) -> str | None:
    if not report.get("floors"):
        return None
    return next(name for name in METRICS if f"{name}_interval" in report)


def _clips(report: dict[str, Any]) -> str:
    count = report["examples"]
    return f"{count} clip{'s' * (count != 1)}"


def _listed(names: Iterable[str]) -> str:
    return " and ".join(f"the {name} floor" for name in names)
