"""Engines that write shards in parallel, chosen by `--engine`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    from tfrecords_tools import shard_plan
    from tfrecords_tools.building import clip_records


class Engine(offers.File, Protocol):
    """An engine."""

    def run(
        self,
        config: Any,
        job: clip_records.Job,
        shards: list[shard_plan.Planned],
        workers: int,
        progress: Callable[[int], None],
    ) -> None:
        """Writes every shard with `shard_writer.write`; calls `progress` with
        the number of clips done so far."""
