"""Writes shards on Apache Beam: the same work, and the same bytes.

Any runner whose workers see the videos and the output folder will do; the
DirectRunner of this machine is the default.
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
        "or take --engine=local"
    ) from error

_LOOK_SECONDS = 1.0


@dataclasses.dataclass(frozen=True)
class Config:
    """How Beam is told to run."""

    options: str = settings.setting(
        "--runner=DirectRunner",
        "Beam's own flags, as one text with spaces between.",
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
        job: what the shards share; its folders must be seen by all workers.
        shards: what to write.
        workers: not used; Beam's own flags say how many there are.
        progress: told the number of clips in finished shards.

    Raises:
        UserError: Beam's flags are wrong, or the pipeline failed.
    """
    try:
        options = pipeline_options.PipelineOptions(shlex.split(config.options))
        pipeline = beam.Pipeline(options=options)
    except Exception as error:
        raise errors.UserError(
            f"--beam.options={config.options!r}: {_last_line(error)}; wanted "
            "Beam's own flags with spaces between"
        ) from error
    _ = (
        pipeline
        | "shards" >> beam.Create(shards)
        | "spread" >> beam.Reshuffle()
        | "write" >> beam.ParDo(_Write(job))
    )
    with _told(job, shards, progress):
        try:
            pipeline.run().wait_until_finish()
        except Exception as error:  # Runners have errors of their own.
            if _last_line(error).endswith("KeyboardInterrupt"):
                raise KeyboardInterrupt from error
            raise errors.UserError(
                f"the Beam pipeline failed: {_last_line(error)}"
            ) from error


def _last_line(error: Exception) -> str:
    """Runners put the worker's stack trace into the message."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else repr(error)


class _Write(beam.DoFn):
    """Writes shards; one decoding process a worker."""

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
def _told(
    job: clip_records.Job,
    shards: list[shard_plan.Planned],
    progress: Callable[[int], None],
) -> Iterator[None]:
    """Looks into the folder, which any runner's workers write to."""
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
