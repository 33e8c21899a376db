"""A video network that processes a stream chunk by chunk, with states.

Its components are those of `video_network`, each built by its `build_stream`;
backbones for single frames need none.
"""

from typing import Any

import keras
import numpy as np

from pipelines import batch
from tfrecords_tools.base import errors, registry


def build(
    backbone: registry.Chosen,
    temporal: registry.Chosen,
    head: registry.Chosen,
    clip: batch.ClipSpec,
    classes: int,
) -> keras.Model:
    """Builds a network from a chunk of frames and states to logits and states.

    It has the weights of `video_network.build` in the same order; load trained
    ones by `set_weights`. After all chunks of a clip it returns the logits of
    that network. `video_network.build` checks that the components fit.

    Args:
        backbone: a file of `video_models.backbones` with its settings.
        temporal: a file of `video_models.temporal` with its settings.
        head: a file of `video_models.heads` with its settings.
        clip: shape of a chunk; `frames` is the chunk's length.
        classes: number of logits.

    Returns:
        {"frames": float32 [B, n, H, W, 3], 0..255, states} -> {"logits":
        float32 [B, classes], states}. States are named `state_...`, float32
        or int32 [B, ...], and zeros before the first chunk.

    Raises:
        UserError: a component needs future frames; the message names the
            setting that makes it causal.
    """
    frames = keras.Input(clip.shape, name="frames")
    joined = _Joined(frames)
    features = joined.call("backbone", _backbone(backbone, clip), frames)
    if head.name == "published":
        shapes = {name: tuple(x.shape[1:]) for name, x in features.items()}
        network = _published_head(backbone, head, shapes, classes)
        logits = joined.call("head", network, features)["logits"]
    else:
        pooled = keras.ops.mean(features["volume"], axis=(2, 3))
        network = _stream("temporal", temporal, tuple(pooled.shape[1:]))
        mixed = joined.call("temporal", network, {"features": pooled})
        shape = tuple(mixed["features"].shape[1:])
        network = _stream("head", head, shape, classes)
        if temporal.module.SUMMARIZES:
            # The newest row is that of all time steps: none to average.
            logits = head.build(shape, classes)(mixed["features"])
        else:
            logits = joined.call("head", network, mixed)["logits"]
    return keras.Model(
        joined.inputs,
        {"logits": logits, **joined.states},
        name="streaming_network",
    )


def zero_states(network: keras.Model, batch_size: int) -> dict[str, Any]:
    """Returns the states before the first chunk, by name."""
    if not isinstance(network.input, dict):
        return {}
    return {
        name: np.zeros((batch_size, *x.shape[1:]), x.dtype)
        for name, x in network.input.items()
        if _is_state(name)
    }


class _Joined:
    """A chain of components, and all their states.

    Attributes:
        inputs: name to input of the whole network.
        states: name to state after the chunk.
    """

    def __init__(self, frames: keras.KerasTensor):
        self.inputs = {"frames": frames}
        self.states: dict[str, keras.KerasTensor] = {}

    def call(
        self, part: str, network: keras.Model, given: Any
    ) -> dict[str, keras.KerasTensor]:
        """Calls a component; returns its outputs without states."""
        if not isinstance(network.input, dict):
            return network(given)
        given = given if isinstance(given, dict) else {"frames": given}
        names = {
            own: f"state_{part}_{own.removeprefix('state_')}"
            for own in network.input
            if _is_state(own)
        }
        for own, name in names.items():
            state = network.input[own]
            self.inputs[name] = keras.Input(
                state.shape[1:], dtype=state.dtype, name=name
            )
        before = {own: self.inputs[name] for own, name in names.items()}
        found = network({**given, **before})
        self.states |= {name: found[own] for own, name in names.items()}
        return {k: x for k, x in found.items() if not _is_state(k)}


def _is_state(name: str) -> bool:
    return name.startswith("state_")


def _backbone(chosen: registry.Chosen, clip: batch.ClipSpec) -> keras.Model:
    if chosen.module.FRAMES_ALONE:
        return chosen.build(clip)
    return _stream("backbone", chosen, clip)


def _published_head(
    backbone: registry.Chosen,
    head: registry.Chosen,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
) -> keras.Model:
    build_head = backbone.module.published_head_stream
    if build_head is None:
        raise errors.UserError(
            f"--head=published of --backbone={backbone.name} has no streaming "
            "version: wanted --head=classifier"
        )
    return build_head(backbone.config, shapes, classes, head.config.dropout)


def _stream(kind: str, chosen: registry.Chosen, *shape: Any) -> keras.Model:
    if chosen.module.build_stream is None:
        known = ", ".join(_with_stream(kind, chosen.module.__package__))
        raise errors.UserError(
            f"--{kind}={chosen.name} has no streaming version, it needs whole "
            f"clips: wanted one of {known}"
        )
    return chosen.module.build_stream(chosen.config, *shape)


def _with_stream(kind: str, package: str) -> list[str]:
    """Returns the names of components with a streaming version."""
    loaded = {n: registry.load(package, n) for n in registry.names_in(package)}
    return [
        name
        for name, module in loaded.items()
        if module.build_stream or (kind == "backbone" and module.FRAMES_ALONE)
    ]
