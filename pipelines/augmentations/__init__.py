"""Random augmentations of training clips, selected by `--augment`."""

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
    """`(config) -> fn(clip, seed)`: augments a clip, uint8 `[T, H, W, 3]`,
    alike in all frames; the seed is the only source of randomness."""
    mix: Callable[[Any], Mix] | None = None
    """`(config) -> fn(frames, seeds) -> (frames, weights)`: mixes the clips of
    a batch; `weights`, float32 `[B]`, is the weight of each row's own label."""
    window: Callable[[Any], Change] | None = None
    """`(config) -> fn(shape, seed)`: for crops, the region to decode."""
    on_floats: Callable[[Any], ChangeOfFloats] | None = None
    """`(config) -> fn(frames, seed)`: `build` on float pixels, before they are
    rounded."""
    PER_FRAME: bool = False
    """True if the frames of a clip are augmented independently."""
