"""Writes shards on Apache Beam: the same work, and the same bytes.

Works with any runner whose workers share the videos and the output folder;
the local DirectRunner is the default.
"""

import contextlib
import dataclasses
import shlex
import threading
from collections.abc import Callable, Iterator

from tfrecords_tools import shard_plan
from tfrecords_tools.base import errors, settings
from tfrecords_tools.building import clip_records, shard_journal, shard_writer

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
    job: clip_records.Job,
    shards: list[shard_plan.Planned],
    workers: int,
    progress: Callable[[int], None],
) -> None:
    """Writes all shards into the job's folder.

    Args:
        config: Beam's flags.
        job: shared by all shards; all workers must see its folders.
        shards: to write.
        workers: unused; set by Beam's own flags.
        progress: receives the number of clips in finished shards.

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
        | "shards" >> beam.Create(shards)
        | "spread" >> beam.Reshuffle()
        | "write" >> beam.ParDo(_Write(job))
    )
    with _reported(job, shards, progress):
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


class _Write(beam.DoFn):
    """Writes shards; one decoding process per worker."""

    def __init__(self, job: clip_records.Job) -> None:
        self._job = job

    def setup(self) -> None:
        """Starts the process."""
        self._maker = shard_writer.process(self._job)

    def process(self, planned: shard_plan.Planned) -> Iterator[str]:
        """Writes one shard."""
        shard_writer.write(self._job, planned, self._maker)
        yield planned.name

    def teardown(self) -> None:
        """Ends the process."""
        self._maker.close()


@contextlib.contextmanager
def _reported(
    job: clip_records.Job,
    shards: list[shard_plan.Planned],
    progress: Callable[[int], None],
) -> Iterator[None]:
    """Reports progress from the folder that all workers write to."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_SECONDS):
            progress(shard_journal.clips_noted(job.folder, shards))

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()
    progress(shard_journal.clips_noted(job.folder, shards))
