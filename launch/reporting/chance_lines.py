"""Metrics of retrieval beside chance, with their intervals."""

from typing import Any

from tfrecords_tools import label_balance


def with_intervals(report: dict[str, Any]) -> dict[str, Any]:
    """Adds the 95 % interval of each metric that has a chance.

    Args:
        report: with `chance` and `compared`, the clips, of some of its metrics;
            else it is returned unchanged. Means of two metrics are of the same
            clips.
    """
    if "chance" not in report:
        return report
    intervals = {
        name: list(label_balance.wilson(report[name], clips))
        for name, clips in report["compared"].items()
        if clips
    }
    return {**report, "interval": intervals}


def table(report: dict[str, Any]) -> list[str]:
    """Lines of all metrics that have a chance; none without."""
    names = list(report.get("interval", {}))
    if not names:
        return []
    width = max(map(len, names))
    lines = [f"{'':<{width}}  value  95 % interval  chance  clips"]
    for name in names:
        low, high = report["interval"][name]
        lines.append(
            f"{name:<{width}} {report[name]:.4f}  {low:.2f} to {high:.2f}  "
            f"{report['chance'][name]:>8.4f} {report['compared'][name]:>6}"
        )
    return lines


def line(report: dict[str, Any]) -> str:
    """The first metrics in one line, for the log of a run; empty without."""
    parts = []
    for name in ("recall_at_1", "label_recall_at_1", "in_time_accuracy"):
        if name in report.get("interval", {}):
            low, high = report["interval"][name]
            parts.append(
                f"{name} {low:.2f} to {high:.2f} at 95 %, chance "
                f"{report['chance'][name]:.4f}"
            )
    return "; ".join(parts)
