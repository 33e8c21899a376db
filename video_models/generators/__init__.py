"""Networks that generate frames, chosen by `--generator`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import keras


class Generator(offers.File, Protocol):
    """A generator."""

    TINY: Any
    MAKES: str
    """The input: `"frames of frames"` or `"frames of noise"`."""
    SEES_WHOLE_FRAMES: bool = False
    """True if frames cannot be enhanced in tiles."""

    def build(self, config: Any, *made_for: Any) -> keras.Model:
        """Builds a network. `"frames of frames"`: `made_for` is `(factor,
        frames)`; maps `[B, T, h, w, 3]` of any size to `{"frames": [B, T,
        factor * h, factor * w, 3]}`. `"frames of noise"`: `made_for` is
        `(clip, classes, noise)`; maps `{"noise", "label"}` to frames."""
