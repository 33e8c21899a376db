"""Random changes of training clips, chosen by `--augment`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import tensorflow as tf

    Change = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    ChangeOfFloats = Callable[[list[tf.Tensor], tf.Tensor], tf.Tensor]
    Mix = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class Augmentation(offers.File, Protocol):
    """An augmentation. It offers either `build` or `mix`."""

    OFF: Any
    """A `Config` that changes nothing."""
    build: Callable[[Any], Change] | None = None
    """`(config) -> fn(clip, seed)`: changes a clip, uint8 `[T, H, W, 3]`, alike
    in all frames, with no randomness but the seed."""
    mix: Callable[[Any], Mix] | None = None
    """`(config) -> fn(frames, seeds) -> (frames, own)`: mixes the clips of a
    batch; `own` is the share of each row that is its own."""
    window: Callable[[Any], Change] | None = None
    """`(config) -> fn(shape, seed)`: for one that only crops, the rectangle
    that it keeps, so that only this is decoded."""
    on_floats: Callable[[Any], ChangeOfFloats] | None = None
    """`(config) -> fn(frames, seed)`: `build` for pixels that are not rounded
    yet."""
    PER_FRAME: bool = False
    """True where it changes the frames of a clip differently."""
