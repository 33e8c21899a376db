"""Formats the report of an evaluation as text."""

from typing import Any

from launch.reporting import chance_lines, floor_lines
from tfrecords_tools import label_balance
from tfrecords_tools.base.text import text_cells

_NUMBERS = {
    "accuracy": "accuracy",
    "top_5": "top-5",
    "mean_average_precision": "mean average precision",
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "exact_match": "exact match",
}
_COLUMNS = {
    "average_precision": "AP",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
}


_MIN_CELLS = 23  # Cells that a label always gets.


def format_report(report: dict[str, Any], width: int | None = None) -> str:
    """Formats metrics overall, per label, and per additional label set.

    Args:
        report: of `evaluation.evaluate`.
        width: cells per line, to which long labels are shortened; None
            keeps all labels whole.
    """
    parts = [_format_set(report, width)]
    for task, each in report.get("tasks", {}).items():
        parts.append(f"label.{task}: {_format_set(each, width)}")
    return "\n\n".join(parts)


def _format_set(report: dict[str, Any], width: int | None) -> str:
    labels = len(report.get("per_class", ()))
    numbers = [
        f"{shown} {report[name]:.4f}"
        for name, shown in _NUMBERS.items()
        if name in report and (name != "top_5" or labels > 5)
    ]
    if "chance" in report:
        return "\n".join(chance_lines.table(report))
    if "per_class" not in report:  # No labels: all numbers.
        numbers = {k: v for k, v in report.items() if isinstance(v, float)}
        return "\n".join(f"{k:<24}{v:>10.4f}" for k, v in numbers.items())
    lines = [
        "   ".join(numbers),
        *_worth(report),
        "",
        *_format_labels(report["per_class"], width),
    ]
    if "confusion" in report and len(report["per_class"]) <= 20:
        lines += ["", "confusion, one row per true label:"]
        cells = ["".join(f"{n:>6}" for n in row) for row in report["confusion"]]
        lines += _beside_labels([*report["per_class"]], cells, width)
    return "\n".join(lines)


def _worth(report: dict[str, Any]) -> list[str]:
    """Number of clips, confidence interval and trivial baselines."""
    if report.get("floors"):
        random = report.get("random_average_precision")
        said = [] if random is None else [f"random scores {random:.4f}"]
        return [*said, "", *floor_lines.table(report)]
    if "examples" not in report:
        return []
    clips = report["examples"]
    text = f"of {clips} clip{'s' * (clips != 1)}"
    if "accuracy" in report:
        low, high = label_balance.wilson(report["accuracy"], clips)
        text += f": accuracy {low:.2f} to {high:.2f} at 95 % confidence"
    for name, shown in (
        ("majority_accuracy", "always the most frequent label"),
        ("random_average_precision", "random scores"),
    ):
        if name in report:
            text += f"; {shown} {report[name]:.4f}"
    return [text]


def _format_labels(
    per_class: dict[str, dict[str, Any]], width: int | None
) -> list[str]:
    first = next(iter(per_class.values()), {})
    columns = {n: shown for n, shown in _COLUMNS.items() if n in first}
    heads = "".join(f"{shown:>10}" for shown in columns.values())
    cells = [f"{heads}{'clips':>8}"]
    for row in per_class.values():
        values = "".join(f"{row[name]:>10.3f}" for name in columns)
        cells.append(f"{values}{int(row['count']):>8}")
    return _beside_labels(["label", *per_class], cells, width)


def _beside_labels(
    labels: list[str], cells: list[str], width: int | None
) -> list[str]:
    """Lines of a label and numbers; long labels are shortened."""
    room = width and max(_MIN_CELLS, width - len(cells[0]) - 1)
    shown, widest = text_cells.column(labels, limit=room)
    widest = max(widest, _MIN_CELLS) + 1
    return [
        text_cells.padded(label, widest) + row
        for label, row in zip(shown, cells, strict=True)
    ]
