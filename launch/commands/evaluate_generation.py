"""Compares generated clips with real ones, on features of a trained run."""

from launch.generation import measurement, metrics_table, sample_protocol
from tfrecords_tools.base import flags
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.base.text import text_cells

COMMAND = flags.Command(
    summary="Compares generated clips with real ones.",
    settings=measurement.Config,
    required=("features", "samples"),
)


def main(resolved: flags.Resolved) -> None:
    """Prints a table; writes `--output`."""
    config = resolved.settings
    with folder_lock.held_for(config.output, instead="another --output"):
        _measure(config)


def _measure(config: measurement.Config) -> None:
    against = sample_protocol.read(config.against) if config.against else None
    run = measurement.Measurement(config)
    if against:  # Fails early: measuring takes minutes.
        sample_protocol.compare(against.protocol, run.protocol)
    print(run.announcement, flush=True)
    measured = run.run()
    width = text_cells.terminal_width()
    print(
        metrics_table.format_metrics(measured, against, run.dimensions, width)
    )
    if config.output:
        sample_protocol.write(config.output, measured)
        print(f"written: {config.output}")
