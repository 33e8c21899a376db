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
    """A small `Config` that is causal, where `TINY` is not."""
    NOT_IN_TFLITE: str | None = None
    """Why its networks cannot be converted to TensorFlow Lite."""
    build_stream: Callable[[Any, tuple[int, int]], keras.Model] | None = None
    """`(config, shape) -> keras.Model`: the same network for the newest time
    steps of a stream, with its states as further inputs and outputs."""

    def build(self, config: Any, shape: tuple[int, int]) -> keras.Model:
        """Builds features `[B, t, C]` to `[B, t, C']`; `shape` is `(t, C)`."""
