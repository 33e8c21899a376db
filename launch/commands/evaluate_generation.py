"""Measures generated clips against real ones, by a network of our own."""

from launch.generation import measurement, metrics_table, sample_protocol
from tfrecords_tools.base import flags
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.base.text import text_cells

COMMAND = flags.Command(
    summary="Measures generated clips against real ones.",
    settings=measurement.Config,
    required=("features", "samples"),
)


def main(resolved: flags.Resolved) -> None:
    """Prints a table; writes `--output`."""
    asked = resolved.settings
    with folder_lock.held_for(asked.output, instead="another --output"):
        _measure(asked)


def _measure(asked: measurement.Config) -> None:
    against = sample_protocol.read(asked.against) if asked.against else None
    begun = measurement.Measurement(asked)
    if against:  # Before minutes are spent.
        sample_protocol.compare(against.protocol, begun.protocol)
    print(begun.announcement, flush=True)
    measured = begun.run()
    width = text_cells.terminal_width()
    print(
        metrics_table.format_metrics(measured, against, begun.dimensions, width)
    )
    if asked.output:
        sample_protocol.write(asked.output, measured)
        print(f"written: {asked.output}")
