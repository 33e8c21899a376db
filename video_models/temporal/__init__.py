"""Networks that relate the time steps of a clip, chosen by `--temporal`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import keras


class TemporalBlock(offers.File, Protocol):
    """A temporal block."""

    TINY: Any
    TINY_STREAM: Any = None
    """A small causal `Config`, if `TINY` is not causal."""
    SUMMARIZES: bool = False
    """True if it gives one row per clip, `[B, 1, C']`; in a stream, the row of
    all time steps so far."""
    column_kinds: Callable[[Any, tuple[int, int]], dict[str, int]] | None = None
    """`(config, shape) -> {kind: columns}`: kinds of features in their order,
    which a readout weighs against one another."""
    NOT_IN_TFLITE: str | None = None
    """The reason if its networks do not convert to TensorFlow Lite."""
    build_stream: Callable[[Any, tuple[int, int]], keras.Model] | None = None
    """`(config, shape) -> keras.Model`: the same network for the newest time
    steps of a stream, with the states as further inputs and outputs."""

    def build(self, config: Any, shape: tuple[int, int]) -> keras.Model:
        """Builds a network from features `[B, t, C]` to `[B, t, C']`, or to
        `[B, 1, C']` if it `SUMMARIZES`, given `shape = (t, C)`."""
