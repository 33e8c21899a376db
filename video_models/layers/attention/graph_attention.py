"""Graph attention over the time steps of a clip."""

from typing import Any

import keras

from video_models.layers.attention import frame_graph

ops = keras.ops

_SLOPE = 0.2  # Published slope of the leaky ReLU.


@keras.saving.register_keras_serializable("video_models")
class GraphAttention(keras.layers.Layer):
    """Graph attention over time and similarity edges, [B, t, C].

    Source: GATv2, arXiv:2105.14491. Similarity is the dot product of inputs.
    """

    def __init__(
        self, heads: int, size: int, reach: int, similar: int, **kwargs: Any
    ):
        """Configures the edges.

        Args:
            heads: number of heads.
            size: features per head.
            reach: time edges on each side.
            similar: similarity edges per time step; may be 0.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.heads, self.size = heads, size
        self.reach, self.similar = reach, similar

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the linear maps for [B, t, C]."""
        wide = self.heads * self.size
        self._own = self._linear(wide, shape, "own")
        self._other = self._linear(wide, shape, "other")
        self._out = self._linear(shape[-1], (*shape[:-1], wide), "out")
        self.attention = self.add_weight(
            shape=(self.heads, self.size),
            initializer="glorot_uniform",
            name="attention",
        )

    def call(self, inputs: Any) -> Any:
        """[B, t, C] -> the same shape."""
        time_steps = inputs.shape[1]
        other = self._other(inputs)
        neighbours, there = self._neighbours(inputs, other)
        count = neighbours.shape[2]
        heads = (-1, time_steps, count, self.heads, self.size)
        neighbours = ops.reshape(neighbours, heads)
        own = self._own(inputs)
        own = ops.reshape(own, (-1, time_steps, 1, self.heads, self.size))
        both = ops.leaky_relu(own + neighbours, _SLOPE)
        scores = ops.einsum("btkhd,hd->btkh", both, self.attention)
        scores = ops.cast(scores, "float32")
        weights = frame_graph.shares(scores, there[..., None], axis=2)
        weights = ops.cast(weights, inputs.dtype)
        heard = ops.einsum("btkhd,btkh->bthd", neighbours, weights)
        heard = ops.reshape(heard, (-1, time_steps, self.heads * self.size))
        return self._out(heard)

    def _neighbours(self, inputs: Any, other: Any) -> tuple[Any, Any]:
        """Features [B, t, count, C], and whether each neighbour exists."""
        near = frame_graph.in_time(other, self.reach)
        there = frame_graph.are_in_time(inputs.shape[1], self.reach)[None]
        if not self.similar:
            return near, ops.convert_to_tensor(there)
        _, places, exist = frame_graph.most_alike(
            inputs, inputs, self.similar, self.reach
        )
        alike = frame_graph.at_places(other, places)
        there = ops.logical_or(there, ops.zeros_like(exist[:, :, :1]))
        return (
            ops.concatenate([near, alike], axis=2),
            ops.concatenate([there, exist], axis=2),
        )

    def _linear(
        self, units: int, shape: tuple[int | None, ...], name: str
    ) -> keras.layers.Layer:
        made = keras.layers.Dense(units, dtype=self.dtype_policy, name=name)
        made.build(shape)
        return made

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "heads": self.heads,
            "size": self.size,
            "reach": self.reach,
            "similar": self.similar,
        }
