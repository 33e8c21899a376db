"""Networks that map features to outputs, chosen by `--head`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import keras

    BuildStream = Callable[[Any, tuple[int, int], int], keras.Model]


class Head(offers.File, Protocol):
    """A head."""

    TINY: Any
    TINY_STREAM: Any = None
    """A small `Config` that is causal, where `TINY` is not."""
    NOT_IN_TFLITE: str | None = None
    """Why its networks cannot be converted to TensorFlow Lite."""
    GIVES: tuple[str, ...] = ("classes",)
    """The axes of the output after the batch: `"time_steps"`, `"classes"`,
    `"features"`."""
    build_stream: BuildStream | None = None
    """`(config, shape, classes) -> keras.Model`: the same network for the
    newest time steps of a stream, with its states as further inputs and
    outputs."""

    def build(self, config: Any, *shape_and_classes: Any) -> keras.Model:
        """Builds features `[B, t, C]` to scores: `((t, C), classes)`. The head
        `published` builds the head of a backbone instead: `(backbone, shapes,
        classes)`."""
