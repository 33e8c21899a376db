"""The report of an evaluation as text."""

from typing import Any

from tfrecords_tools import label_balance

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


def of(report: dict[str, Any]) -> str:
    """What is known on the whole, of each label, and of each further set."""
    parts = [_of_set(report)]
    for task, each in report.get("tasks", {}).items():
        parts.append(f"label.{task}: {_of_set(each)}")
    return "\n\n".join(parts)


def _of_set(report: dict[str, Any]) -> str:
    numbers = [
        f"{shown} {report[name]:.4f}"
        for name, shown in _NUMBERS.items()
        if name in report
    ]
    if "per_class" not in report:  # No labels: all that is a number.
        found = {k: v for k, v in report.items() if isinstance(v, float)}
        return "\n".join(f"{k:<24}{v:>10.4f}" for k, v in found.items())
    lines = [
        "   ".join(numbers),
        *_worth(report),
        "",
        *_of_labels(report["per_class"]),
    ]
    if "confusion" in report and len(report["per_class"]) <= 20:
        lines += ["", "confusion, a row each true label:"]
        rows = zip(report["per_class"], report["confusion"], strict=True)
        for label, row in rows:
            counts = "".join(f"{count:>6}" for count in row)
            lines.append(f"{label[:23]:<24}{counts}")
    return "\n".join(lines)


def _worth(report: dict[str, Any]) -> list[str]:
    """How many clips the numbers are of, and what knowing nothing reaches."""
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


def _of_labels(per_class: dict[str, dict[str, Any]]) -> list[str]:
    first = next(iter(per_class.values()), {})
    columns = {n: shown for n, shown in _COLUMNS.items() if n in first}
    heads = "".join(f"{shown:>10}" for shown in columns.values())
    lines = [f"{'label':<24}{heads}{'clips':>8}"]
    for label, row in per_class.items():
        values = "".join(f"{row[name]:>10.3f}" for name in columns)
        lines.append(f"{label[:23]:<24}{values}{int(row['count']):>8}")
    return lines
