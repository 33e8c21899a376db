"""The settings of the train loop, and checks of their combinations."""

import dataclasses

from tfrecords_tools.base import errors, settings
from video_models import objective as objectives
from video_models.layers import normalization
from video_models.optimization import freezing


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the train loop."""

    steps: int = settings.setting(1000, "Total training steps.", minimum=1)
    batch_size: int = settings.setting(
        16, "Clips per step, over all replicas and hosts.", minimum=1
    )
    seed: int = settings.setting(
        0,
        "Seed of weights, clip order, augmentations and dropout.",
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
        "Layers to freeze: comma-separated regular expressions, searched in "
        "network/path/layer; backbone: all of the backbone. Their "
        "normalisation uses moving averages.",
    )
    cache_features: bool = settings.setting(
        False,
        "Compute the features of a frozen backbone once for each clip, see "
        "--feature_cache.folder; needs --train.freeze=backbone. The backbone "
        "runs as in evaluation, without dropout and stochastic depth.",
    )
    remat: str = settings.setting(
        "none",
        "Gradient checkpointing; blocks: the backward pass recomputes each "
        "block of layers, so only tensors between blocks are kept.",
        choices=("none", "blocks"),
    )
    clip_norm: float | None = settings.setting(
        None, "Global gradient-norm clipping threshold (> 0). Unset: off.",
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
        1, "Steps per call of the compiled train function.", minimum=1
    )
    checkpoint_every: int = settings.setting(
        500, "Steps between checkpoints.", minimum=1
    )
    keep: int = settings.setting(
        2, "Newest checkpoints to keep, besides the best.", minimum=1
    )
    log_every: int = settings.setting(20, "Steps between log lines.", minimum=1)
    evaluate_every: int | None = settings.setting(
        None, "Steps between evaluations. Unset: only at the end.",
        minimum=1,
    )  # fmt: skip
    monitor: str | None = settings.setting(
        None,
        "Metric that selects the best checkpoint, which is kept; lower is "
        "better for losses and errors. Unset: accuracy, else mean average "
        "precision, PSNR, recall at 1 or the loss.",
    )
    on_alarm: str = settings.setting(
        "stop",
        "Action when an evaluation finds that the run has collapsed. stop: end "
        "the run; restart: resume from the last good evaluation with another "
        "clip order and other random draws.",
        choices=("stop", "restart"),
    )
    patience: int | None = settings.setting(
        None,
        "Early stopping: evaluations without improvement before the run ends; "
        "needs --train.evaluate_every.",
        minimum=1,
    )


def at_once(config: Config) -> Config:
    """The settings of an objective without steps, on cached features."""
    freeze = config.freeze or (freezing.BACKBONE,)
    return dataclasses.replace(
        config, steps=1, freeze=freeze, cache_features=True
    )


def check(
    config: Config, objective: objectives.Objective, replicas: int, xla: bool
) -> None:
    """Raises UserError if settings exclude one another.

    Args:
        config: of the loop.
        objective: to train.
        replicas: over all hosts.
        xla: whether passes are compiled.
    """
    if xla and replicas > 1 and _is_synchronized(objective):
        raise errors.UserError(
            "--devices.xla: wanted off, since synchronised BatchNorm cannot "
            "be compiled; or choose another --backbone.norm"
        )
    if config.steps_per_execution > 1 and any(
        player.every > 1 for player in objective.players
    ):
        raise errors.UserError(
            "--train.steps_per_execution: wanted 1, since some players are "
            "not trained in every step"
        )
    if config.accumulation_steps > 1 and objective.needs_gather:
        raise errors.UserError(
            "--train.accumulation_steps: wanted 1, since the loss compares "
            "all clips of the batch"
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
