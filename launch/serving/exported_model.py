"""Writes an exported model: signatures, metadata and golden clip.

    EXPORT/<version>/             one integer per version, written atomically
      saved_model.pb, variables/  signatures below; weights are constants of the
                                graph, unless they are too large
      assets/labels.txt           label names, in the order of the scores
      assets.extra/model.json     clip, labels, storage of frames, and the
                                  threshold of multi-label models
      assets.extra/golden.json    a clip and the network's scores
      assets.extra/tf_serving_warmup_requests

`serving_default` takes `frames_bytes`, string [N, T], JPEG or PNG frames of
sampled clips; `predict_tensor` takes `frames`, uint8 [N, T, H, W, 3]. Both
refuse requests beyond the limits of model.json, see request_limits. Both scale
and crop as in evaluation, and return `scores` float32 [N, classes] and `label`
string [N], the best one; `scores.<task>` for additional label sets and
`frame_scores` [N, t, classes] for heads that score time steps. `embed` returns
the features of classifiers, see served_features. A causal network may also have
`stream`, see stream_serving. loaded_model reads the folder.
"""

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from launch.requests import empty_requests, served_inputs
from launch.runs import failed_writes
from launch.serving import (
    constant_graph,
    golden_clip,
    model_metadata,
    served_features,
    serving_warmup,
    stream_serving,
    versions,
)
from tfrecords_tools.base import atomic_write
from video_models import network_inputs
from video_models import objective as objectives
from video_models.introspection import folding


class Served(tf.Module):
    """The signatures of an export."""

    def __init__(
        self,
        objective: objectives.Objective,
        networks: dict[str, keras.Model],
        inputs: served_inputs.ServedInputs,
        labels_file: pathlib.Path,
        stream: stream_serving.Stream | None = None,
    ):
        """`labels_file` holds one label per line; it becomes an asset."""
        super().__init__()
        self.inputs = inputs
        networks = {
            name: folding.without_normalization(network)
            for name, network in networks.items()
        }
        self._has_constants = constant_graph.fits(networks.values())
        if not self._has_constants:
            self.networks = networks  # Saves their variables.
            self.stream = stream.network if stream else None
        beside = served_features.beside_output(networks)
        self._outputs = self.final(
            lambda **entries: served_features.predict(
                objective, networks, beside, network_input(networks, entries)
            ),
            **inputs.entry_specs,
        )
        self.names = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(
                str(labels_file),
                tf.int64,
                tf.lookup.TextFileIndex.LINE_NUMBER,
                tf.string,
                tf.lookup.TextFileIndex.WHOLE_LINE,
            ),
            default_value="",
        )
        self.from_jpeg = inputs.function(served_inputs.BYTES, self._predict)
        if network_inputs.FRAMES in inputs.modalities:
            self.from_pixels = inputs.function(
                served_inputs.FRAMES, self._predict
            )
        if beside is not None:
            self.embed = inputs.function(served_inputs.PIXELS, self._embed)
        if stream is not None:
            self.from_stream = stream.function(
                self._to_pixels, self.names.lookup, self.final
            )

    @property
    def signatures(self) -> dict[str, Any]:
        """Name to exported function."""
        signatures = {"serving_default": self.from_jpeg}
        if hasattr(self, "from_pixels"):
            signatures["predict_tensor"] = self.from_pixels
        if hasattr(self, "embed"):
            signatures[served_features.SIGNATURE] = self.embed
        if hasattr(self, "from_stream"):
            signatures["stream"] = self.from_stream
        return signatures

    def final(
        self,
        function: Callable[..., dict[str, tf.Tensor]],
        **inputs: tf.TensorSpec,
    ) -> Callable[..., dict[str, tf.Tensor]]:
        """`function` for export, with constant weights if they fit."""
        if self._has_constants:
            function = constant_graph.with_constants(function, **inputs)
        return empty_requests.answered(function)

    def averaged(self, outputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Predictions of all crops to those of clips."""
        crops = self.inputs.crops
        if crops == 1:
            return outputs
        return {
            name: tf.reduce_mean(
                tf.reshape(each, (-1, crops, *each.shape[1:])), axis=1
            )
            for name, each in outputs.items()
        }

    def _to_pixels(self, frames: tf.Tensor) -> tf.Tensor:
        given = self.inputs.convert({served_inputs.FRAMES: frames})
        return given[network_inputs.FRAMES]

    def _embed(self, given: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        name = served_features.NAME
        return {name: self._outputs(**self.inputs.convert(given))[name]}

    def _predict(self, given: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        outputs = self._outputs(**self.inputs.convert(given))
        outputs.pop(served_features.NAME, None)
        outputs = self.averaged(outputs)
        if "scores" not in outputs:
            return outputs
        best = tf.argmax(outputs["scores"], axis=-1)
        return {**outputs, "label": self.names.lookup(best)}


def network_input(
    networks: dict[str, keras.Model], entries: dict[str, tf.Tensor]
) -> Any:
    """What `Objective.predict` takes of the entries of a batch."""
    if network_inputs.FRAMES in entries:
        frames = tf.cast(entries[network_inputs.FRAMES], tf.float32)
        entries = {**entries, network_inputs.FRAMES: frames}
    if len(networks) > 1:
        return entries  # Each network takes its own.
    (network,) = networks.values()
    return network_inputs.of_batch(network, entries)


def export(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    metadata: model_metadata.ModelMetadata,
    output: str | pathlib.Path,
    stream: stream_serving.Stream | None = None,
    inputs: served_inputs.ServedInputs | None = None,
) -> pathlib.Path:
    """Writes the next version.

    Args:
        objective: defines the predictions.
        networks: the networks to export.
        metadata: of model.json.
        output: folder of the versions.
        stream: the network for streams; None for none.
        inputs: of the networks; None: the frames of the metadata.

    Returns:
        The folder of the new version.

    Raises:
        UserError: it cannot be written; older versions are untouched.
    """
    output = pathlib.Path(output)
    metadata = dataclasses.replace(
        metadata.with_answers(objective.answers),
        features=served_features.describe(networks),
    )
    if stream is not None:
        metadata = dataclasses.replace(metadata, stream=stream.metadata)
    path = versions.following(output)
    with atomic_write.folder(path) as temporary:
        extra = temporary / versions.EXTRA
        extra.mkdir()
        labels = extra / "labels.txt"
        lines = "".join(f"{name}\n" for name in metadata.labels)
        labels.write_text(lines, "utf-8")
        inputs = inputs or served_inputs.ServedInputs(
            metadata.limits,
            served_inputs.Frames(metadata.clip, metadata.crops),
        )
        served = Served(objective, networks, inputs, labels, stream)
        golden = _golden(objective, networks, served, metadata)
        with failed_writes.explained(path, versions.OLDER):
            constant_graph.save(served, temporary, served.signatures)
            serving_warmup.write(
                extra / "tf_serving_warmup_requests",
                {
                    "serving_default": golden.request,
                    **(stream.request() if stream else {}),
                },
            )
        labels.unlink()
        (extra / "model.json").write_text(metadata.to_json(), "utf-8")
        (extra / "golden.json").write_text(golden.to_json(), "utf-8")
    return path


def _golden(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    served: Served,
    metadata: model_metadata.ModelMetadata,
) -> golden_clip.GoldenClip:
    """The networks' own scores, which the export must reproduce."""
    clip = golden_clip.make(
        metadata.clip.frames if metadata.has_frames else 0,
        metadata.audio,
        served.inputs.text and served.inputs.text.example,
    )
    # Traced: frames are decoded in a parallel loop.
    given = {k: tf.constant(each) for k, each in clip.request.items()}
    entries = tf.function(served.inputs.convert)(given)
    inputs = network_input(networks, entries)
    outputs = objective.predict(networks, inputs)
    outputs = served.averaged(outputs)
    return clip._replace(
        scores={
            name: scores[0]
            for name, scores in golden_clip.scores_in(outputs).items()
        },
        tolerance=max(
            golden_clip.TOLERANCE[network.compute_dtype]
            for network in networks.values()
        ),
    )
