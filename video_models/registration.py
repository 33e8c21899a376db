"""Registers our layers with Keras, so that saved networks load anywhere.

Keras does not import classes by the names in a `.keras` file.
"""

import importlib
from typing import Any

import keras

from tfrecords_tools.base import registry

_LAYERS = "video_models.layers"
_FOLDERS = (
    _LAYERS,
    *(
        f"{_LAYERS}.{name}"
        for name in ("attention", "fusion", "images", "time")
    ),
)
_OTHERS = (
    "video_models.classification.label_scores",
    "video_models.optimization.learning_rates",
)


class _VideoSwin:
    """Imports KerasCV (1 s of CPU) on demand."""

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> keras.Model:
        """Builds the backbone of `config`."""
        module = importlib.import_module("video_models.families.keras_cv_swin")
        return module.VideoSwin.from_config(config)


def register() -> None:
    """Registers all our classes with `keras.saving`."""
    names = [
        f"{folder}.{name}"
        for folder in _FOLDERS
        for name in registry.names_in(folder)
    ]
    for name in (*names, *_OTHERS):
        importlib.import_module(name)
    known = keras.saving.get_custom_objects()
    known.setdefault("video_models>VideoSwin", _VideoSwin)
