"""The default components of a network."""

import types

BACKBONE = "frame_conv"


def default_temporal(backbone: types.ModuleType) -> str:
    """Returns the default temporal block of a backbone's file."""
    return "attention" if backbone.FRAMES_ALONE else "none"


def default_head(backbone: types.ModuleType, temporal: str) -> str:
    """Returns the default head of a backbone and a temporal block."""
    has_own = backbone.published_head is not None
    return "published" if has_own and temporal == "none" else "classifier"
