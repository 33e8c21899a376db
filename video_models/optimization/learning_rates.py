"""Learning-rate schedules."""

import dataclasses
from typing import Any

import keras

from tfrecords_tools.base import errors, settings

schedules = keras.optimizers.schedules


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the schedule."""

    schedule: str = settings.setting(
        "warmup_cosine",
        "Schedule after the warm-up: constant, cosine decay to the end of "
        "the run, step decay or exponential decay.",
        choices=("constant", "warmup_cosine", "step", "exponential"),
    )
    base: float = settings.setting(
        1e-3, "Learning rate after the warm-up.", minimum=0.0
    )
    warmup_steps: int | None = settings.setting(
        None,
        "Steps of linear warm-up from 0; unset: a twentieth of the run for "
        "warmup_cosine, 0 for the others.",
        minimum=0,
    )
    final: float = settings.setting(
        0.0,
        "Final learning rate of warmup_cosine as a fraction of base.",
        minimum=0.0,
        maximum=1.0,
    )
    decay_steps: int | None = settings.setting(
        None,
        "Steps per decay of step and exponential; unset: a third of the run.",
        minimum=1,
    )
    decay: float = settings.setting(
        0.1,
        "Factor of one decay of step and exponential.",
        minimum=0.0,
        maximum=1.0,
    )


def build(config: Config, steps: int) -> schedules.LearningRateSchedule:
    """Builds the schedule for a run of `steps` steps.

    Raises:
        UserError: the warm-up is not shorter than the run.
    """
    warmup = _warmup_steps(config, steps)
    if config.schedule == "warmup_cosine":
        return schedules.CosineDecay(
            0.0 if warmup else config.base,
            steps - warmup,
            alpha=config.final,
            warmup_target=config.base if warmup else None,
            warmup_steps=warmup,
        )
    if config.schedule == "constant":
        return WarmUp(config.base, warmup, decay_steps=1, decay=1.0)
    return WarmUp(
        config.base,
        warmup,
        decay_steps=config.decay_steps or max(1, steps // 3),
        decay=config.decay,
        staircase=config.schedule == "step",
    )


def bound_to_steps(config: Config) -> str | None:
    """Returns the flags that make rates depend on the length of the run.

    None if there are none: a longer run then starts with the same rates.
    """
    name = f"--learning_rate.schedule={config.schedule}"
    if config.schedule == "warmup_cosine":
        return name
    if config.schedule != "constant" and config.decay_steps is None:
        return f"{name} without --learning_rate.decay_steps"
    return None


@keras.saving.register_keras_serializable("video_models")
class WarmUp(schedules.ExponentialDecay):
    """Keras' exponential decay after a linear warm-up from 0."""

    def __init__(
        self,
        base: float,
        warmup_steps: int,
        decay_steps: int,
        decay: float,
        staircase: bool = False,
    ):
        """A decay of 1 is a constant rate; a staircase decays in steps."""
        super().__init__(base, decay_steps, decay, staircase)
        self.warmup_steps = warmup_steps

    def __call__(self, step: Any) -> Any:
        """Returns the learning rate of `step`, float32 []."""
        step = keras.ops.cast(step, "float32")
        after = super().__call__(
            keras.ops.maximum(step - self.warmup_steps, 0.0)
        )
        if not self.warmup_steps:
            return after
        return after * keras.ops.minimum(step / self.warmup_steps, 1.0)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            "base": self.initial_learning_rate,
            "warmup_steps": self.warmup_steps,
            "decay_steps": self.decay_steps,
            "decay": self.decay_rate,
            "staircase": self.staircase,
        }


def _warmup_steps(config: Config, steps: int) -> int:
    if config.warmup_steps is None:
        return steps // 20 if config.schedule == "warmup_cosine" else 0
    if config.warmup_steps >= steps:
        raise errors.UserError(
            f"--learning_rate.warmup_steps={config.warmup_steps}, but the "
            f"run has {steps} steps: give fewer"
        )
    return config.warmup_steps
