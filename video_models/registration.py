"""Registers our layers with Keras, so that saved networks load anywhere.

Keras refuses to import a class by the name that a `.keras` file gives.
"""

import importlib
from typing import Any

import keras

from tfrecords_tools.base import registry

_LAYERS = "video_models.layers"
_FOLDERS = (_LAYERS, f"{_LAYERS}.attention", f"{_LAYERS}.images")
_OTHERS = (
    "video_models.classification.label_scores",
    "video_models.optimization.learning_rates",
)


class _VideoSwin:
    """Imports KerasCV (1 s of CPU) only for a network that needs it."""

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> keras.Model:
        """The backbone that `config` describes."""
        module = importlib.import_module("video_models.families.keras_cv_swin")
        return module.VideoSwin.from_config(config)


def register() -> None:
    """Makes every class of ours known to `keras.saving`."""
    names = [
        f"{folder}.{name}"
        for folder in _FOLDERS
        for name in registry.names_in(folder)
    ]
    for name in (*names, *_OTHERS):
        importlib.import_module(name)
    known = keras.saving.get_custom_objects()
    known.setdefault("video_models>VideoSwin", _VideoSwin)
