"""Video classification networks in Python.

    import video_models

    video_models.list_backbones()
    model = video_models.classifier("movinet", ["run", "jump"], variant="a0")
    model = video_models.load("RUN")
    video_models.labels(model)

Importing this also lets `keras.saving.load_model` read our `.keras` files.
"""

from tfrecords_tools.base import versions
from video_models import registration
from video_models.api import classifiers, saved_models

__all__ = ["__version__", "classifier", "labels", "list_backbones", "load"]

registration.register()

__version__: str = versions.own_number()
list_backbones = classifiers.list_backbones
classifier = classifiers.classifier
load = saved_models.load
labels = saved_models.labels
