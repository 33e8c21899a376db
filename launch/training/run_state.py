"""How far a run has come, apart from its variables; checkpoints keep it."""

import dataclasses
from typing import Any

from launch.runs import train_settings
from launch.training import best_step

_AFTER_ALARM = 1_000_003  # Added to the seed; no two runs have such seeds.


@dataclasses.dataclass(frozen=True)
class RunState:
    """A moment of a run, between two steps.

    Attributes:
        step: steps taken.
        monitor: which step was best.
        owes_evaluation: whether `step` is to be evaluated before the next.
        restarts: how often the run was started again after an alarm.
        is_over: whether too many evaluations brought nothing better, as all
            hosts agree.
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
        """The state that a checkpoint keeps.

        Args:
            step: of the checkpoint.
            metadata: of the checkpoint, see `recorded_metadata.upgrade`.
            patience: the setting, which may have changed since.
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
        """Plain JSON values, from which `from_metadata` makes it again."""
        return {
            "monitor": dataclasses.asdict(self.monitor),
            "owes_evaluation": self.owes_evaluation,
            "restarts": self.restarts,
        }

    def seed(self, base: int) -> int:
        """The seed of the order and of all draws; new after each alarm."""
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
            report: of the evaluation; empty: there was nothing to measure.
            config: names the number to monitor, and the patience.
            is_good: whether the step is worth keeping; None where the
                objective has no opinion.
        """
        # A collapsed step is judged again by whoever resumes from it.
        state = dataclasses.replace(self, owes_evaluation=is_good is False)
        if not report:
            return state
        monitor = self.monitor.after(self.step, report, config.monitor, is_good)
        return dataclasses.replace(
            state, monitor=monitor, is_over=monitor.is_over(config.patience)
        )
