"""A tiny causal classifier with weights that tell frames apart."""

import keras
import numpy as np

from launch.serving import exported_model, model_metadata, stream_serving
from pipelines import batch
from tfrecords_tools.base import registry
from tfrecords_tools.media import reader
from video_models import objective
from video_models.objectives import classification

CLIP = batch.ClipSpec(frames=8, size=16)
LABELS = ("dark", "grey", "light")


def components(temporal="attention"):
    chosen = {
        "backbones": "frame_conv",
        "temporal": temporal,
        "heads": "classifier",
    }
    made = [
        registry.choose(f"video_models.{folder}", name)
        for folder, name in chosen.items()
    ]
    return objective.Components(
        *(
            each._replace(config=each.module.TINY_STREAM or each.module.TINY)
            for each in made
        )
    )


def build(temporal="attention"):
    """Its objective; with weights away from zeros and ones."""
    keras.utils.set_random_seed(0)
    made = classification.build(
        classification.Config(),
        components(temporal),
        objective.Task(CLIP, LABELS),
        keras.optimizers.SGD,
    )
    network, random = made.networks["classifier"], np.random.default_rng(0)
    network.set_weights(
        [
            w + 0.2 * random.normal(size=w.shape).clip(-1)
            for w in network.get_weights()
        ]
    )
    return made


def export(output, **more):
    """Writes it into a folder of versions, with chunks of 2 frames.

    Of its metadata `more` are given.
    """
    made = build()
    stream = stream_serving.Stream(
        made, made.networks, components(), CLIP, classes=3, frames=2
    )
    metadata = model_metadata.ModelMetadata(
        CLIP, LABELS, reader.Config(), **more
    )
    exported_model.export(made, made.networks, metadata, output, stream)
    return output
