"""Messages along the edges of a clip's graph, weighted by the graph."""

from typing import Any

import keras

from video_models.layers.attention import frame_graph

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class GraphConvolution(keras.layers.Layer):
    """Sums what neighbours in time and similar time steps say, [B, t, C].

    Source: arXiv:1609.02907 for the time edges; arXiv:1806.01810 for those of
    similarity, whose weights are the softmax of a learned likeness, and for
    the sum of both graphs, each with its own weights. Differs: nodes are
    frames instead of objects, and only the most similar ones are neighbours.
    """

    def __init__(self, reach: int, similar: int, **kwargs: Any):
        """Says who are neighbours.

        Args:
            reach: time steps on each side.
            similar: how many of the others, the most similar; may be 0.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.reach, self.similar = reach, similar

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the linear maps for [B, t, C]."""
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
