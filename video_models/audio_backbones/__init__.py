"""Networks that encode the audio of a clip, chosen by `--audio_backbone`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import keras

    from pipelines import batch
    from video_models.families import published
    from video_models.pretrained import public_files


class AudioBackbone(offers.File, Protocol):
    """An audio backbone."""

    TINY: Any
    TAKES: tuple[str, ...]
    """The `--audio.features` that it accepts; the first suits it best."""
    PUBLISHED: tuple[published.AudioNetwork, ...] = ()
    """Published networks: settings, audio and parameters."""
    WEIGHTS: tuple[public_files.PublicFile, ...] = ()
    """Public files of weights that fit, for `--audio_backbone.weights`."""
    NOT_IN_TFLITE: str | None = None
    """The reason if its networks do not convert to TensorFlow Lite."""
    published_name: Callable[[str], str | None] | None = None
    """`(path)`: the name of a weight in public checkpoints, or None."""

    def build(self, config: Any, audio: batch.AudioSpec) -> keras.Model:
        """Builds a network from float32 `[B, columns, bins]` or `[B, samples]`
        to `{"volume": [B, t, 1, f, C]}`: f bands of frequency take the place
        of the columns of pixels."""
