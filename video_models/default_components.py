"""The parts of a network for which none is chosen."""

import types

BACKBONE = "frame_conv"


def default_temporal(backbone: types.ModuleType) -> str:
    """Name of the temporal block after a file of `video_models.backbones`."""
    return "attention" if backbone.FRAMES_ALONE else "none"


def default_head(backbone: types.ModuleType, temporal: str) -> str:
    """Name of the head after a backbone and the temporal block `temporal`."""
    has_own = backbone.published_head is not None
    return "published" if has_own and temporal == "none" else "classifier"
