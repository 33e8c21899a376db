"""Networks that encode the text of a clip, chosen by `--text_backbone`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import pathlib

    import keras

    from pipelines import batch
    from video_models.families import published
    from video_models.pretrained import public_files
    from video_models.weights import fitting


class TextBackbone(offers.File, Protocol):
    """A text backbone. Padding never changes its outputs."""

    TINY: Any
    PUBLISHED: tuple[published.TextNetwork, ...] = ()
    """Published networks: settings, vocabulary and parameters."""
    WEIGHTS: tuple[public_files.PublicFile, ...] = ()
    """Public files of weights that fit, for `--text_backbone.weights`."""
    NOT_IN_TFLITE: str | None = None
    """The reason if its networks do not convert to TensorFlow Lite."""
    published_name: Callable[[str], str | None] | None = None
    """`(path)`: the name of a weight in public checkpoints, or None."""
    fit_weights: (
        Callable[[Any, batch.TextSpec, pathlib.Path], fitting.Compare] | None
    ) = None
    """`(config, text, path) -> fn(target, name, array)`: how public weights
    fit the tokens of a text."""

    def build(self, config: Any, text: batch.TextSpec) -> keras.Model:
        """Builds a network from `{"tokens": int32 [B, L], "tokens_mask":
        float32 [B, L]}` to `{"volume": [B, L, 1, 1, C], "token": [B, C],
        "mask": float32 [B, L]}`: a vector per token, 0 for padding; one of the
        whole text; and `tokens_mask`."""
