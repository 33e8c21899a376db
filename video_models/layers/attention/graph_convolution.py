"""Graph convolution over the time steps of a clip."""

from typing import Any

import keras

from video_models.layers.attention import frame_graph

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class GraphConvolution(keras.layers.Layer):
    """Graph convolution over time and similarity edges, [B, t, C].

    Source: arXiv:1609.02907 for time edges; arXiv:1806.01810 for similarity
    edges, weighted by the softmax of a learned similarity, and for the sum of
    both graphs. Differs: nodes are frames instead of objects; only the most
    similar frames are neighbours.
    """

    def __init__(self, reach: int, similar: int, **kwargs: Any):
        """Configures the edges.

        Args:
            reach: time edges on each side.
            similar: similarity edges per time step; may be 0.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.reach, self.similar = reach, similar

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the linear maps for [B, t, C]."""
        names = ["time"]
        if self.similar:
            names += ["similar", "query", "key"]
        self.maps = {
            name: keras.layers.Dense(
                shape[-1],
                use_bias=name == "time",
                dtype=self.dtype_policy,
                name=name,
            )
            for name in names
        }
        for each in self.maps.values():
            each.build(shape)

    def call(self, inputs: Any) -> Any:
        """[B, t, C] -> the same shape."""
        near = frame_graph.in_time(inputs, self.reach)
        weights = frame_graph.time_weights(inputs.shape[1], self.reach)
        weights = ops.convert_to_tensor(weights, inputs.dtype)
        told = self.maps["time"](ops.einsum("btkc,tk->btc", near, weights))
        if not self.similar:
            return told
        likeness, places, there = frame_graph.most_alike(
            self.maps["query"](inputs),
            self.maps["key"](inputs),
            self.similar,
            self.reach,
        )
        weights = frame_graph.shares(likeness, there)
        alike = frame_graph.at_places(inputs, places)
        weights = ops.cast(weights, inputs.dtype)
        alike = ops.einsum("btkc,btk->btc", alike, weights)
        return told + self.maps["similar"](alike)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        own = {"reach": self.reach, "similar": self.similar}
        return {**super().get_config(), **own}
