"""Engines that run units of work in parallel, chosen by `--engine`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    from tfrecords_tools.base import worker_pool


class Engine(offers.File, Protocol):
    """An engine."""

    def run(
        self,
        config: Any,
        work: worker_pool.Work,
        units: Sequence[Any],
        workers: int,
        progress: Callable[[int], None],
    ) -> None:
        """Does every unit of the work; calls `progress` with the number of
        items done so far."""
