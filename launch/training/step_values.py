"""Logs the values of steps, counts skipped clips, refuses non-finite values."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from launch.reporting import reports
from launch.training import train_loop
from pipelines.reading import damaged_records
from tfrecords_tools.base import errors


class StepValues:
    """Collects the values of steps and fetches them in batches."""

    def __init__(
        self,
        losses: reports.LossLog,
        batch_size: int,
        folder: str,
        newest: Callable[[], int | None],
    ):
        """Starts empty.

        Args:
            losses: log for every row.
            batch_size: of the global batch.
            folder: of the shards, for messages.
            newest: the step of the newest checkpoint, for messages.
        """
        self._losses, self._batch_size = losses, batch_size
        self._folder, self._newest = folder, newest
        self._pending: list[tuple[int, dict[str, tf.Tensor]]] = []
        self._skipped = 0  # Clips of the steps taken here.
        self._empty_steps = 0  # Latest steps without a readable clip.

    def add(self, first: int, values: dict[str, tf.Tensor]) -> None:
        """Adds the values of `TrainLoop.execute` without waiting for them."""
        self._pending.append((first, values))

    def flush(self) -> dict[str, float]:
        """Logs the steps since the last call and returns their means.

        Raises:
            UserError: a value is not finite, or no clip can be read.
        """
        rows, skipped = [], 0
        for first, values in self._pending:
            table = {name: value.numpy() for name, value in values.items()}
            skipped += int(np.sum(table.pop(train_loop.SKIPPED, 0)))
            for offset in range(len(next(iter(table.values())))):
                row = {name: v[offset] for name, v in table.items()}
                self._check_finite(first + offset, row)
                rows.append((first + offset, row))
        self._pending.clear()
        if not rows:
            return {}
        self._losses.add(rows)
        self._count_skipped(skipped, len(rows))
        names = rows[0][1]
        means = {k: float(np.mean([row[k] for _, row in rows])) for k in names}
        return means | (
            {train_loop.SKIPPED: self._skipped} if self._skipped else {}
        )

    def say_skipped(self) -> None:
        """Prints the number of unreadable clips, if any."""
        if self._skipped:
            print(damaged_records.describe_skipped(self._folder, self._skipped))

    def check_weights(self, networks: dict[str, Any], step: int) -> None:
        """Raises UserError if a weight is not finite, even if the loss was."""
        for name, network in networks.items():
            for weights in network.get_weights():
                if not np.isfinite(weights).all():
                    raise self._not_finite(f"a weight of {name}", step)

    def _check_finite(self, step: int, row: dict[str, Any]) -> None:
        bad = [name for name, value in row.items() if not np.isfinite(value)]
        if bad:
            raise self._not_finite(bad[0], step)

    def _not_finite(self, what: str, step: int) -> errors.UserError:
        kept = self._newest()
        state = f"step {kept}" if kept is not None else "none was written"
        return errors.UserError(
            f"{what} is not finite at step {step}: lower "
            "--learning_rate.base or set --train.clip_norm. The last good "
            f"checkpoint is kept: {state}"
        )

    def _count_skipped(self, clips: int, steps: int) -> None:
        """Raises UserError if no clip of two steps in a row can be read."""
        self._skipped += clips
        all_skipped = clips == steps * self._batch_size
        self._empty_steps = self._empty_steps + steps if all_skipped else 0
        if self._empty_steps > 1:
            raise errors.UserError(
                f"no clip of the last {self._empty_steps} steps could be "
                f"read: does {self._folder} still exist? The last checkpoint "
                "is kept"
            )
