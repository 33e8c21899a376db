"""The default components of a network."""

import types
from collections.abc import Callable
from typing import Any

from video_models import network_inputs

BACKBONE = "frame_conv"
AUDIO_BACKBONE = "spectrogram_conv"
TEXT_BACKBONE = "words"
FUSION = "concatenate"


def default_temporal(
    backbone: types.ModuleType | None, fusion: types.ModuleType | None = None
) -> str:
    """Returns the default temporal block after a backbone of frames.

    Args:
        backbone: its file; None without frames.
        fusion: the file of the fusion after it, if any.
    """
    if backbone is None or (fusion is not None and fusion.SUMMARIZES):
        return "none"
    return "attention" if backbone.FRAMES_ALONE else "none"


def default_head(backbone: types.ModuleType, temporal: str) -> str:
    """Returns the default head of a backbone and a temporal block."""
    has_own = backbone.published_head is not None
    return "published" if has_own and temporal == "none" else "classifier"


def _default(component: str, choose: Callable[[dict[str, Any]], Any]) -> Any:
    """The default of a component, for objectives that have it."""

    def default(chosen: dict[str, Any]) -> Any:
        takes = chosen["objective"].COMPONENTS
        return choose(chosen) if component in takes else None

    return default


def _encoder(modality: str, name: str) -> Any:
    """The default encoder of a modality, for networks that see it."""
    return _default(
        network_inputs.BACKBONES[modality],
        lambda chosen: name if modality in chosen["modalities"] else None,
    )


def _fusion(chosen: dict[str, Any]) -> str | None:
    return FUSION if len(chosen["modalities"]) > 1 else None


def _temporal(chosen: dict[str, Any]) -> str:
    return default_temporal(chosen["backbone"], chosen["fusion"])


def _head(chosen: dict[str, Any]) -> str:
    if chosen["objective"].HEAD is not None:
        return chosen["objective"].HEAD
    if tuple(chosen["modalities"]) != (network_inputs.FRAMES,):
        return "classifier"
    temporal = chosen["temporal"].__name__.rpartition(".")[2]
    return default_head(chosen["backbone"], temporal)


NOT_GIVEN = {
    "backbone": _encoder("frames", BACKBONE),
    "audio_backbone": _encoder("audio", AUDIO_BACKBONE),
    "text_backbone": _encoder("text", TEXT_BACKBONE),
    "fusion": _default("fusion", _fusion),
    "temporal": _default("temporal", _temporal),
    "head": _default("head", _head),
    "generator": lambda chosen: chosen["objective"].GENERATOR,
    "discriminator": lambda chosen: chosen["objective"].DISCRIMINATORS,
}
"""Component to its default, given `modalities` and the files of the
components chosen before it, by name; None: the network has none."""
