"""The metrics of samples as a table, next to their baselines."""

from launch.generation import generation_metrics, sample_protocol
from tfrecords_tools.base.text import text_cells

_MIN_CELLS = 23  # Cells that a name always gets.

_ROWS = {
    "frechet_distance": "Fréchet distance",
    "precision": "precision",
    "recall": "recall",
    "diversity": "diversity",
    "recognised": "recognised",
}


def format_metrics(
    measured: sample_protocol.Measured,
    against: sample_protocol.Measured | None = None,
    dimensions: int = 0,
    width: int | None = None,
) -> str:
    """Formats one column per set, and one for other samples if given.

    Args:
        measured: the metrics.
        against: metrics of other samples with the same protocol.
        dimensions: of the features; 0 if unknown.
        width: cells per line, to which long labels are shortened; None
            keeps all labels whole.
    """
    columns = {name: measured.values[name] for name in generation_metrics.SETS}
    if against:
        columns["against"] = against.values["samples"]
    rows = [*dict.fromkeys(row for each in columns.values() for row in each)]
    room = width and max(_MIN_CELLS, width - 12 * len(columns) - 1)
    names, widest = text_cells.column([*map(_name, rows)], limit=room)
    widest = max(widest, _MIN_CELLS) + 1
    lines = [" " * widest + "".join(f"{name:>12}" for name in columns)]
    for row, name in zip(rows, names, strict=True):
        shown = "".join(_shown(each.get(row)) for each in columns.values())
        lines.append(text_cells.padded(name, widest) + shown)
    return "\n".join([*lines, "", *_notes(measured.protocol, dimensions)])


def _name(row: str) -> str:
    kind, _, label = row.partition("/")
    return f"  {label}" if label else _ROWS[kind]


def _shown(value: float | None) -> str:
    if value is None:
        return f"{'-':>12}"
    return f"{value:>12.4g}"


def _notes(protocol: sample_protocol.Protocol, dimensions: int) -> list[str]:
    count = protocol.clips
    notes = [
        f"Each column: {count} clips against the same {count} real ones. "
        f"k = {protocol.k}.",
        "real: other real clips, the floor, about what perfect samples "
        "reach; shuffled: the same with frames in random order, the bar for "
        "motion.",
        "Distances use the features of network "
        f"{protocol.features[:12]}: compare them under the same protocol "
        "only, never with published figures.",
    ]
    if 0 < count <= dimensions:
        notes.append(
            f"{count} clips are too few for {dimensions} features: all "
            "distances are far too large; the floor shows by how much."
        )
    return notes
