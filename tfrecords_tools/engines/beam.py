"""Runs work on Apache Beam: the same units, and the same bytes.

Works with any runner whose workers share the input and the output folder;
the local DirectRunner is the default.
"""

import contextlib
import dataclasses
import shlex
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tfrecords_tools.base import errors, settings, worker_pool

try:
    import apache_beam as beam
    from apache_beam.options import pipeline_options
except ImportError as error:
    raise errors.UserError(
        "--engine=beam needs Apache Beam: pip install 'video-models[beam]', "
        "or use --engine=local"
    ) from error

_LOOK_SECONDS = 1.0


@dataclasses.dataclass(frozen=True)
class Config:
    """Options of the Beam pipeline."""

    options: str = settings.setting(
        "--runner=DirectRunner",
        "Beam's own flags, space-separated in one text.",
    )


def run(
    config: Config,
    work: worker_pool.Work,
    units: Sequence[Any],
    workers: int,
    progress: Callable[[int], None],
) -> None:
    """Does all units.

    Args:
        config: Beam's flags.
        work: what to do; all workers must see its folders.
        units: of the work.
        workers: unused; set by Beam's own flags.
        progress: receives the number of items in finished units.

    Raises:
        UserError: Beam's flags are wrong, or the pipeline failed.
    """
    try:
        options = pipeline_options.PipelineOptions(shlex.split(config.options))
        pipeline = beam.Pipeline(options=options)
    except Exception as error:
        raise errors.UserError(
            f"--beam.options={config.options!r}: {_last_line(error)}; wanted "
            "Beam's own flags, space-separated"
        ) from error
    _ = (
        pipeline
        | "units" >> beam.Create(units)
        | "spread" >> beam.Reshuffle()
        | "do" >> beam.ParDo(_Do(work))
    )
    with _reported(work, units, progress):
        try:
            pipeline.run().wait_until_finish()
        except Exception as error:  # Each runner has its own errors.
            if _last_line(error).endswith("KeyboardInterrupt"):
                raise KeyboardInterrupt from error
            raise errors.UserError(
                f"the Beam pipeline failed: {_last_line(error)}"
            ) from error


def _last_line(error: Exception) -> str:
    """Returns the last line; messages contain the worker's stack trace."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else repr(error)


class _Do(beam.DoFn):
    """Does units, with one worker each."""

    def __init__(self, work: worker_pool.Work) -> None:
        self._work = work

    def setup(self) -> None:
        """Starts the worker."""
        self._worker = self._work.start()

    def process(self, unit: Any) -> Iterator[str]:
        """Does one unit."""
        self._work.do(self._worker, unit)
        yield str(unit)

    def teardown(self) -> None:
        """Ends the worker."""
        self._worker.close()


@contextlib.contextmanager
def _reported(
    work: worker_pool.Work,
    units: Sequence[Any],
    progress: Callable[[int], None],
) -> Iterator[None]:
    """Reports progress from the folder that all workers write to."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_SECONDS):
            progress(work.count_done(units))

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()
    progress(work.count_done(units))
