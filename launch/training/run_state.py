"""The progress of a run, stored in checkpoints besides the variables."""

import dataclasses
from typing import Any

from launch.runs import train_settings
from launch.training import best_step

_AFTER_ALARM = 1_000_003  # Added to the seed; far from any seed in use.


@dataclasses.dataclass(frozen=True)
class RunState:
    """The state of a run between two steps.

    Attributes:
        step: steps taken.
        monitor: the best step so far.
        owes_evaluation: whether `step` must be evaluated before the next.
        restarts: number of restarts after an alarm.
        is_over: whether early stopping ends the run, agreed by all hosts.
    """

    step: int = 0
    monitor: best_step.Monitor = best_step.Monitor()
    owes_evaluation: bool = False
    restarts: int = 0
    is_over: bool = False

    @classmethod
    def from_metadata(
        cls, step: int, metadata: dict[str, Any], patience: int | None
    ) -> "RunState":
        """Reads the state from a checkpoint's metadata.

        Args:
            step: of the checkpoint.
            metadata: of the checkpoint, see `recorded_metadata.upgrade`.
            patience: the current setting.
        """
        monitor = best_step.Monitor(**metadata.get("monitor", {}))
        return cls(
            step,
            monitor,
            metadata.get("owes_evaluation", False),
            metadata.get("restarts", 0),
            monitor.is_over(patience),
        )

    def to_metadata(self) -> dict[str, Any]:
        """JSON values, the inverse of `from_metadata`."""
        return {
            "monitor": dataclasses.asdict(self.monitor),
            "owes_evaluation": self.owes_evaluation,
            "restarts": self.restarts,
        }

    def seed(self, base: int) -> int:
        """The seed of clip order and random draws; new after each alarm."""
        return base + _AFTER_ALARM * self.restarts

    def is_due(self, before: int, every: int | None) -> bool:
        """Whether a multiple of `every` lies in (before, step]."""
        return every is not None and self.step // every > before // every

    def after_steps(
        self, count: int, config: train_settings.Config
    ) -> "RunState":
        """The state `count` steps later."""
        step = self.step + count
        later = dataclasses.replace(self, step=step)
        owes = later.is_due(self.step, config.evaluate_every)
        return dataclasses.replace(
            later, owes_evaluation=owes or step == config.steps
        )

    def after_evaluation(
        self,
        report: dict[str, Any],
        config: train_settings.Config,
        is_good: bool | None,
    ) -> "RunState":
        """The state after `step` was evaluated.

        Args:
            report: of the evaluation; empty without a validation split.
            config: the monitored metric and the patience.
            is_good: whether the step is worth keeping; None if the objective
                does not say.
        """
        # A resumed run evaluates a collapsed step again.
        state = dataclasses.replace(self, owes_evaluation=is_good is False)
        if not report:
            return state
        monitor = self.monitor.after(self.step, report, config.monitor, is_good)
        return dataclasses.replace(
            state, monitor=monitor, is_over=monitor.is_over(config.patience)
        )
