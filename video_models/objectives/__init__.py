"""Training objectives, chosen by `--objective`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import keras

    from video_models import objective

    MakeOptimizer = Callable[[], keras.optimizers.Optimizer]


class Objective(offers.File, Protocol):
    """An objective."""

    TINY: Any
    COMPONENTS: tuple[str, ...] = (
        "backbone",
        "temporal",
        "head",
        "audio_backbone",
        "text_backbone",
        "fusion",
    )
    """The components of its networks, by the names of their flags."""
    MODALITIES: tuple[str, ...] | None = None
    """What its networks must see; None: any `--modalities`."""
    HEAD: str | None = None
    """The default head."""
    AT_ONCE: bool = False
    """True if it is solved at once from the features of a frozen backbone,
    without steps."""
    GENERATOR: str | None = None
    """The default generator."""
    DISCRIMINATORS: tuple[str, ...] | None = None
    """The default discriminators."""

    def build(
        self,
        config: Any,
        components: objective.Components,
        task: objective.Task,
        make_optimizer: MakeOptimizer,
    ) -> objective.Objective:
        """Builds the networks with their losses and metrics."""
