"""Further entries of an example, from its frames or its video."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines import batch

    Entries = Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]


class ExtraInput(offers.File, Protocol):
    """An extra input. It offers one of `build`, `CLIPS`, `SHIFTS_AUDIO`."""

    build: Callable[[Any, batch.ClipSpec], Entries] | None = None
    """`(config, clip) -> fn(frames, seed) -> {name: entry of the example}`."""
    CLIPS: int = 1
    """2 to sample a second clip from the same video."""
    SHIFTS_AUDIO: bool = False
    """True to cut the audio a second time, `config.seconds` off."""
