"""The settings of the train loop, and which of them exclude one another."""

import dataclasses

from tfrecords_tools.base import errors, settings
from video_models import objective as objectives
from video_models.layers import normalization


@dataclasses.dataclass(frozen=True)
class Config:
    """How long and how carefully to train."""

    steps: int = settings.setting(1000, "Steps in all.", minimum=1)
    batch_size: int = settings.setting(
        16, "Clips in a step, over all replicas and hosts.", minimum=1
    )
    seed: int = settings.setting(
        0,
        "Of the weights, the order, the augmentations and dropout.",
        minimum=0,
        maximum=2**32 - 1,
    )
    accumulation_steps: int = settings.setting(
        1,
        "Gradient accumulation: number of micro-batches that each replica's "
        "batch is split into, to save memory.",
        minimum=1,
    )
    freeze: tuple[str, ...] = settings.setting(
        (),
        "Layers to leave as they are: regular expressions found anywhere in "
        "network/path/layer, with commas between; their normalisation uses "
        "its averages.",
    )
    remat: str = settings.setting(
        "none",
        "Gradient checkpointing; blocks: the backward pass computes each "
        "block of layers once more, to keep only what lies between blocks.",
        choices=("none", "blocks"),
    )
    clip_norm: float | None = settings.setting(
        None, "Most that the norm of all gradients together may be, above 0.",
        minimum=1e-12,
    )  # fmt: skip
    ema_decay: float = settings.setting(
        0.999,
        "Decay of the weights' moving average, which is evaluated and "
        "exported; 0 follows the weights at once.",
        minimum=0.0,
        maximum=0.999999,
    )
    average_from: float | None = settings.setting(
        None,
        "Fraction of the run after which all steps have equal weight in the "
        "average (SWA); unset: never.",
        minimum=0.0,
        maximum=1.0,
    )
    steps_per_execution: int = settings.setting(
        1, "Steps that run without coming back to Python.", minimum=1
    )
    checkpoint_every: int = settings.setting(
        500, "Steps from one checkpoint to the next.", minimum=1
    )
    keep: int = settings.setting(2, "Checkpoints to keep.", minimum=1)
    log_every: int = settings.setting(
        20, "Steps from one report to the next.", minimum=1
    )
    evaluate_every: int | None = settings.setting(
        None, "Steps between evaluations; not given: only at the end.",
        minimum=1,
    )  # fmt: skip
    monitor: str | None = settings.setting(
        None,
        "Metric that selects the best checkpoint, which is kept; lower is "
        "better for a loss or an error. Unset: accuracy, else mean average "
        "precision, else the loss.",
    )
    on_alarm: str = settings.setting(
        "stop",
        "What to do where an evaluation finds that training is worth nothing "
        "any more, as when a generator collapses. stop: end the run; restart: "
        "go back to the last good evaluation and on from there with another "
        "order of clips and other draws.",
        choices=("stop", "restart"),
    )
    patience: int | None = settings.setting(
        None,
        "Evaluations without a better number after which the run ends early; "
        "wants --train.evaluate_every.",
        minimum=1,
    )


def check(
    config: Config, objective: objectives.Objective, replicas: int, xla: bool
) -> None:
    """Raises UserError where settings exclude one another.

    Args:
        config: how to train.
        objective: what to train.
        replicas: over all hosts.
        xla: whether passes are compiled.
    """
    if xla and replicas > 1 and _is_synchronized(objective):
        raise errors.UserError(
            "--devices.xla: wanted off, since BatchNorm that is "
            "synchronised between replicas cannot be compiled; or "
            "choose another --backbone.norm"
        )
    if config.steps_per_execution > 1 and any(
        player.every > 1 for player in objective.players
    ):
        raise errors.UserError(
            "--train.steps_per_execution: wanted 1, since not every "
            "player moves in every step"
        )
    if config.accumulation_steps > 1 and objective.needs_gather:
        raise errors.UserError(
            "--train.accumulation_steps: wanted 1, since the loss compares "
            "all clips of the batch with one another"
        )
    if config.patience is not None and config.evaluate_every is None:
        raise errors.UserError(
            f"--train.patience={config.patience} counts evaluations: give "
            "--train.evaluate_every"
        )
    each = config.batch_size // replicas
    if each % config.accumulation_steps:
        raise errors.UserError(
            f"--train.accumulation_steps={config.accumulation_steps}: {each} "
            "clips on a replica cannot be split into so many equal "
            "micro-batches"
        )


def _is_synchronized(objective: objectives.Objective) -> bool:
    networks = objective.networks.values()
    return any(normalization.is_synchronized(each) for each in networks)
