"""Further entries of an example, computed from its frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines import batch

    Entries = Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]


class ExtraInput(offers.File, Protocol):
    """An extra input. It offers either `build` or `CLIPS`."""

    build: Callable[[Any, batch.ClipSpec], Entries] | None = None
    """`(config, clip) -> fn(frames, seed) -> {name: entry of the example}`."""
    CLIPS: int = 1
    """2 to sample a second clip from the same video."""
