"""Networks that join the modalities of a clip, chosen by `--fusion`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    import keras

    from video_models.families.fusion import modalities

    Modalities = dict[str, modalities.Modality]


class Fusion(offers.File, Protocol):
    """A fusion of modalities. Its `Config` derives from
    `families.fusion.modalities.Config`, which holds `--fusion.dropout` and
    `--fusion.unimodal`; `modalities.read` gives the masked inputs."""

    TINY: Any
    SUMMARIZES: bool = False
    """True if it gives one row per clip, `[B, 1, C']`, instead of one per time
    step of the first modality."""

    def build(self, config: Any, modalities: Modalities) -> keras.Model:
        """Builds a network from a dict: the volume `[B, t, h, w, C]` of each
        modality by its name, `has_<name>` `[B]` of each but `frames`, and
        `text_mask` `[B, t]` of text; to float32 `[B, t, C']`, with t of the
        first modality, or `[B, 1, C']` if it `SUMMARIZES`. What stands in the
        place of a missing modality or of padding never changes the answer."""
