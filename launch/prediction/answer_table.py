"""The table of launch.predict: one line per prediction."""

from collections.abc import Callable
from typing import Any

from launch.prediction import answers
from launch.reporting import reports
from launch.serving import model_metadata
from tfrecords_tools.base.text import printable, text_cells

_TIMES = 18  # Cells of the first column.
_MIN_CELLS = 19  # Cells that a label always gets.
_OTHERS = _TIMES + 40  # Cells besides the label, with some of the path.


def start_table(
    metadata: model_metadata.ModelMetadata, last: str = "path"
) -> Callable[[dict[str, Any]], None]:
    """Prints the table's header.

    Labels are shortened only if the terminal is too narrow for the longest.

    Args:
        metadata: of the model.
        last: header of the last column.

    Returns:
        A function that prints a row of `answers.make_row` as a line.
    """
    width = text_cells.terminal_width()
    room = width and max(_MIN_CELLS, width - _OTHERS)
    labels = metadata.answer.labels
    shown, widest = text_cells.column(labels, "label", room)
    widest = max(widest, _MIN_CELLS) + 1
    names = dict(zip(labels, shown, strict=True))
    head = text_cells.padded("label", widest)
    print(f"{'seconds':<{_TIMES}}{head}{'score':>6}  {last}")

    def show(row: dict[str, Any]) -> None:
        times = " - ".join(reports.clock_tenths(s) for s in row["seconds"])
        label = text_cells.padded(answers.format_labels(row, names), widest)
        print(
            f"{times:<{_TIMES}}{label}{row['score']:>6.3f}  "
            f"{printable.name(row['path'])}{_tasks(row)}{_delay(row)}",
            flush=True,
        )

    return show


def _tasks(row: dict[str, Any]) -> str:
    tasks = row.get("tasks", {})
    return "".join(
        f", {k}: {answers.format_labels(v)}" for k, v in tasks.items()
    )


def _delay(row: dict[str, Any]) -> str:
    if "delay_seconds" not in row:
        return ""
    return f", {1000 * row['delay_seconds']:.1f} ms"
