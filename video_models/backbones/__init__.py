"""Networks that encode the frames of a clip, chosen by `--backbone`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import keras

    from pipelines import batch
    from video_models.families import published
    from video_models.pretrained import public_files

    Shapes = dict[str, tuple[int, ...]]
    BuildHead = Callable[[Any, Shapes, int, float | None], keras.Model]


class Backbone(offers.File, Protocol):
    """A backbone."""

    TINY: Any
    TINY_STREAM: Any = None
    """A small causal `Config`, if `TINY` is not causal."""
    PUBLISHED: tuple[published.Network, ...] = ()
    """Published networks: settings, clip, parameters and multiply-adds."""
    WEIGHTS: tuple[public_files.PublicFile, ...] = ()
    """Public files of weights that fit, for `--backbone.weights`."""
    FRAMES_ALONE: bool = False
    """True for a frame encoder, which sees each frame alone; its default
    temporal block is `attention`."""
    NOT_IN_TFLITE: str | None = None
    """The reason if its networks do not convert to TensorFlow Lite."""
    published_head: BuildHead | None = None
    """`(config, shapes, classes, dropout) -> keras.Model`: the head of the
    paper, which maps all outputs of `build` to logits."""
    published_head_stream: BuildHead | None = None
    """`published_head` for a stream."""
    published_name: Callable[[str], str | None] | None = None
    """`(path)`: the name of a weight in public checkpoints, or None."""
    build_stream: Callable[[Any, batch.ClipSpec], keras.Model] | None = None
    """`(config, clip) -> keras.Model`: the same network for the newest frames
    of a stream, with the states as further inputs and outputs."""

    def build(self, config: Any, clip: batch.ClipSpec) -> keras.Model:
        """Builds a network from float32 frames `[B, T, H, W, 3]` in 0..255 to
        `{"volume": [B, t, h, w, C]}`."""
