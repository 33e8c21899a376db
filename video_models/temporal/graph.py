"""A graph network over time steps, with time and similarity edges."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.layers import randomness
from video_models.layers.attention import (
    graph_attention,
    graph_convolution,
    positions,
)


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the graph network."""

    layer: str = settings.setting(
        "convolution",
        "Graph layer. convolution: weights given by the graph; attention: "
        "weights computed from both time steps.",
        choices=("convolution", "attention"),
    )
    layers: int = settings.setting(2, "Number of graph layers.", minimum=1)
    heads: int = settings.setting(
        4, "Attention heads; the features are split among them.", minimum=1
    )
    reach: int = settings.setting(
        2, "Time edges: neighbours on each side.", minimum=0
    )
    similar: int = settings.setting(
        4,
        "Similarity edges per time step: the most similar steps beyond its "
        "reach, found by comparing all pairs. 0: none, at a cost linear in "
        "the clip's length.",
        minimum=0,
    )
    dropout: float = settings.setting(
        0.1,
        "Dropout rate after every layer.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(layer="attention", layers=1, heads=2, reach=1, similar=2)


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds graph layers over the time steps of a clip.

    Source: graph convolution, arXiv:1609.02907, with time and similarity edges
    as in arXiv:1806.01810; graph attention, arXiv:2105.14491. Differs: nodes
    are frames instead of objects; layers are pre-normalised and residual;
    positions are added to the features, since edges are undirected.

    Args:
        config: layers and edges.
        shape: `(t, C)` of the features.

    Returns:
        [B, t, C] -> [B, t, C].
    """
    features = keras.Input(shape, name="features")
    x = _normalize(features, "norm_features")
    x = positions.AddPositions(name="positions")(x)
    for number in range(1, config.layers + 1):
        name = f"graph{number}"
        y = _layer(config, shape, name)(_normalize(x, f"{name}_norm"))
        y = keras.layers.ReLU(name=f"{name}_relu")(y)
        x = x + randomness.Dropout(config.dropout, name=f"{name}_dropout")(y)
    return keras.Model(features, _normalize(x, "norm"), name="graph")


def _layer(
    config: Config, shape: tuple[int, int], name: str
) -> keras.layers.Layer:
    time_steps, width = shape
    reach = min(config.reach, time_steps - 1)
    similar = min(config.similar, time_steps - 1 - reach)
    if config.layer == "convolution":
        return graph_convolution.GraphConvolution(reach, similar, name=name)
    size = max(1, width // config.heads)
    return graph_attention.GraphAttention(
        config.heads, size, reach, similar, name=name
    )


def _normalize(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.LayerNormalization(epsilon=1e-6, name=name)(x)
