"""The report of a cross-validation as text."""

from typing import Any

from launch.reporting import floor_lines

_MODEL = "this model"
_COLUMN = 12


def format_report(report: dict[str, Any]) -> str:
    """Formats each label set: a line a fold, then all clips beside floors."""
    parts = ["\n".join(_of_set(report))]
    for task, each in report.get("tasks", {}).items():
        parts.append("\n".join([f"label.{task}:", *_of_set(each)]))
    return "\n\n".join(parts)


def _of_set(report: dict[str, Any]) -> list[str]:
    columns = {_MODEL: report["folds"]}
    columns |= {k: row["folds"] for k, row in report["floors"].items()}
    lines = [_line("fold", "clips", columns)]
    for place, clips in enumerate(report["clips"]):
        values = [f"{folds[place]:.4f}" for folds in columns.values()]
        lines.append(_line(str(place + 1), str(clips), values))
    mean, spread = report["mean"], report["standard_deviation"]
    lines.append(f"mean of folds {mean:.4f}, standard deviation {spread:.4f}")
    return [*lines, "", *floor_lines.table(report)]


def _line(fold: str, clips: str, values: Any) -> str:
    cells = "".join(f"{value:>{_COLUMN}}" for value in values)
    return f"{fold:<6}{clips:>7}{cells}"
