"""Networks that discriminate real clips from generated ones.

Chosen by `--discriminator`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import keras

    from pipelines import batch


class Discriminator(offers.File, Protocol):
    """A discriminator."""

    TINY: Any

    def build(
        self, config: Any, clip: batch.ClipSpec, classes: int
    ) -> keras.Model:
        """Builds a network from `{"frames", "label"}` to logits `[B]`."""
