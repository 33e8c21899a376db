"""The signature `stream` of an exported model, and its use.

It takes `frames`, uint8 [N, n, H, W, 3], the next n frames of N streams, and
their states. It returns `scores` and `label` over all frames so far, and the
new states under the same names. The initial states are zeros, so no call is
needed to start a stream, and the server is stateless. `model.json` lists the
names, shapes and dtypes of the states.
"""

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from launch.requests import request_limits
from pipelines import batch
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader
from video_models import objective as objectives
from video_models import streaming_network
from video_models.introspection import folding


@dataclasses.dataclass(frozen=True)
class StreamMetadata:
    """The metadata of a stream in `model.json`.

    Attributes:
        frames: per chunk.
        states: name to shape, without the batch, and dtype.
    """

    frames: int
    states: dict[str, tuple[tuple[int, ...], str]]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        states = {
            name: {"shape": list(shape), "dtype": dtype}
            for name, (shape, dtype) in self.states.items()
        }
        return {"frames": self.frames, "states": states}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "StreamMetadata":
        """The inverse of `to_dict`."""
        states = {
            name: (tuple(each["shape"]), each["dtype"])
            for name, each in values["states"].items()
        }
        return cls(values["frames"], states)

    def zeros(self, streams: int) -> dict[str, np.ndarray]:
        """The initial states of `streams` streams."""
        return {
            name: np.zeros((streams, *shape), dtype)
            for name, (shape, dtype) in self.states.items()
        }


class Stream:
    """A trained network as a stream, for export.

    Attributes:
        network: takes frames and states; has the trained weights.
        metadata: of model.json.
    """

    def __init__(
        self,
        objective: objectives.Objective,
        networks: dict[str, keras.Model],
        components: objectives.Components,
        clip: batch.ClipSpec,
        classes: int,
        frames: int,
    ):
        """Builds the network.

        Args:
            objective: computes scores from logits.
            networks: the trained networks.
            components: the components of its networks.
            clip: of training.
            classes: number of scores.
            frames: per chunk.

        Raises:
            UserError: a component is not causal, or these are no classifiers.
        """
        _check_clip(clip, frames)
        if "classifier" not in networks:
            raise errors.UserError(
                f"--stream with networks {sorted(networks)}: wanted a run of "
                "a classification objective"
            )
        chunk = dataclasses.replace(clip, frames=frames)
        network = streaming_network.build(*_three(components), chunk, classes)
        states = streaming_network.zero_states(network, batch_size=1)
        self.metadata = StreamMetadata(
            frames,
            {k: (x.shape[1:], str(x.dtype)) for k, x in states.items()},
        )
        network.set_weights(networks["classifier"].get_weights())
        self.network = folding.without_normalization(network)
        self._objective, self._shape = objective, chunk.shape

    def function(
        self,
        to_pixels: Callable[[tf.Tensor], tf.Tensor],
        to_labels: Callable[[tf.Tensor], tf.Tensor],
        final: Callable[..., Any],
    ) -> Any:
        """The signature as a concrete function.

        Args:
            to_pixels: uint8 [N, n, H, W, 3] -> the network's input.
            to_labels: int64 [N] -> names.
            final: (function, inputs by name) -> the exported function.
        """
        states = {
            name: tf.TensorSpec((None, *shape), dtype, name)
            for name, (shape, dtype) in self.metadata.states.items()
        }
        pixels = tf.TensorSpec((None, *self._shape), tf.uint8)
        call = final(self._call, pixels=pixels, **states)
        shape = (None, self.metadata.frames, None, None, 3)
        specs = {"frames": tf.TensorSpec(shape, tf.uint8, "frames"), **states}

        def run(**given: tf.Tensor) -> dict[str, tf.Tensor]:
            given = request_limits.check_shapes(given, specs)
            frames = given.pop("frames")
            outputs = call(pixels=to_pixels(frames), **given)
            best = tf.argmax(outputs["scores"], axis=-1)
            return {**outputs, "label": to_labels(best)}

        return tf.function(run, autograph=False).get_concrete_function(**specs)

    def request(self) -> dict[str, dict[str, np.ndarray]]:
        """The first request of a stream, by name of the signature."""
        frames = np.zeros((1, self.metadata.frames, 120, 160, 3), np.uint8)
        return {"stream": {"frames": frames, **self.metadata.zeros(1)}}

    def _call(
        self, pixels: tf.Tensor, **states: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """The predictions and the new states."""
        pixels = tf.cast(pixels, tf.float32)
        after = self.network({"frames": pixels, **states}, training=False)
        logits = after.pop("logits")
        network = {"classifier": lambda frames, training=False: logits}
        return {**self._objective.predict(network, pixels), **after}


class Session:
    """Streams whose states are kept between calls."""

    def __init__(
        self,
        signature: Any,
        metadata: StreamMetadata,
        streams: int = 1,
        path: pathlib.Path | None = None,
    ):
        """Starts `streams` streams of a signature exported to `path`."""
        self._signature, self._metadata = signature, metadata
        self._streams, self._path = streams, path
        self.reset()

    def reset(self) -> None:
        """Resets all states."""
        self._states = {
            name: tf.constant(state)
            for name, state in self._metadata.zeros(self._streams).items()
        }

    def scores(self, frames: np.ndarray) -> np.ndarray:
        """Scores of all frames so far.

        Args:
            frames: uint8 [streams, n, H, W, 3], the next ones.

        Returns:
            float32 [streams, classes].
        """
        with request_limits.refusals_named(self._path):
            outputs = self._signature(
                frames=tf.constant(frames), **self._states
            )
        self._states = {name: outputs[name] for name in self._states}
        return outputs["scores"].numpy()

    def scores_of_clip(self, frames: np.ndarray) -> np.ndarray:
        """Scores of a clip, uint8 [streams, T, H, W, 3], chunk by chunk."""
        self.reset()
        chunks = frames.shape[1] // self._metadata.frames
        for chunk in np.split(frames, chunks, axis=1):
            scores = self.scores(chunk)
        return scores


def check_media(media: reader.Config) -> None:
    """Raises UserError if a stream cannot pick frames like the shards."""
    if media.pick != "all":
        raise errors.UserError(
            f"--stream of a model whose shards have --media.pick={media.pick}: "
            "a stream cannot pick those frames before its end; wanted shards "
            "with --media.pick=all"
        )


def _check_clip(clip: batch.ClipSpec, frames: int) -> None:
    if clip.sampling != "dense":
        raise errors.UserError(
            f"--stream of a model with --clip.sampling={clip.sampling}, which "
            "spreads its frames over a whole video: wanted one trained with "
            "--clip.sampling=dense"
        )
    if clip.frames % frames:
        raise errors.UserError(
            f"--stream_frames={frames} with --clip.frames={clip.frames}: "
            "wanted a divisor, so that the golden clip consists of whole "
            "chunks and verifies the stream"
        )


def _three(components: objectives.Components) -> tuple:
    return components.backbone, components.temporal, components.head
