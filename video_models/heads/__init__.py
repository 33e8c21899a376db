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
    """A small causal `Config`, if `TINY` is not causal."""
    NOT_IN_TFLITE: str | None = None
    """The reason if its networks do not convert to TensorFlow Lite."""
    GIVES: tuple[str, ...] = ("classes",)
    """The axes of the output after B: `"time_steps"`, `"classes"`,
    `"features"`."""
    build_stream: BuildStream | None = None
    """`(config, shape, classes) -> keras.Model`: the same network for the
    newest time steps of a stream, with the states as further inputs and
    outputs."""

    def build(self, config: Any, *shape_and_classes: Any) -> keras.Model:
        """Builds a network from features `[B, t, C]` to scores, given `((t,
        C), classes)`. `published` is given `(backbone, shapes, classes)`
        instead, and builds the backbone's own head."""
