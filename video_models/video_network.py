"""Video networks of backbones, a temporal block and a head."""

import re

import keras

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import modality_features, network_inputs
from video_models.pretrained import encoder

_PLAIN = re.compile(r"\x1b\[[0-9;]*m")  # Colours of a terminal.


def build(
    backbone: registry.Chosen | None,
    temporal: registry.Chosen,
    head: registry.Chosen,
    clip: batch.ClipSpec,
    classes: int,
    further: modality_features.Further | None = None,
) -> keras.Model:
    """Builds a network from frames, audio or text to logits.

    Args:
        backbone: a file of `video_models.backbones` with its settings; None
            for a network that sees no frames.
        temporal: a file of `video_models.temporal` with its settings.
        head: a file of `video_models.heads` with its settings.
        clip: shape of the clip.
        classes: number of logits.
        further: what it sees besides frames; None: frames alone.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> logits float32 [B, classes], or
        what else the head gives. With `further` the input is a dict of the
        entries of `pipelines.batch` that it takes.

    Raises:
        UserError: the components do not fit one another.
    """
    if further is not None:
        modality_features.check(further, head)
        _check_time_steps(temporal, head)
        seen = trunk(backbone, temporal, clip, further)
        logits = head.build(tuple(seen.output.shape[1:]), classes)(seen.output)
        return keras.Model(seen.input, logits, name="video_network")
    frames = keras.Input(clip.shape, name="frames")
    if head.name == "published":
        _check_published(temporal)
        features = _encoder(backbone, clip)(frames)
        shapes = {name: tuple(x.shape[1:]) for name, x in features.items()}
        logits = head.build(backbone, shapes, classes)(features)
    else:
        _check_time_steps(temporal, head)
        features = _features(frames, backbone, temporal, clip)
        logits = head.build(tuple(features.shape[1:]), classes)(features)
    return keras.Model(frames, logits, name="video_network")


def trunk(
    backbone: registry.Chosen | None,
    temporal: registry.Chosen,
    clip: batch.ClipSpec,
    further: modality_features.Further | None = None,
) -> keras.Model:
    """Builds all but the head: to features [B, t, C]; see `build`."""
    if further is not None:
        inputs, features = _joined(backbone, clip, further)
        features = temporal.build(tuple(features.shape[1:]))(features)
        return keras.Model(inputs, features, name="trunk")
    frames = keras.Input(clip.shape, name="frames")
    features = _features(frames, backbone, temporal, clip)
    return keras.Model(frames, features, name="trunk")


def _joined(
    backbone: registry.Chosen | None,
    clip: batch.ClipSpec,
    further: modality_features.Further,
) -> tuple[dict[str, keras.KerasTensor], keras.KerasTensor]:
    """Inputs, and features [B, t, C] before the temporal block."""
    encoded = modality_features.encode(further)
    if backbone is not None:
        frames = keras.Input(clip.shape, name="frames")
        volume = _encoder(backbone, clip)(frames)["volume"]
        encoded = encoded._replace(
            inputs={network_inputs.FRAMES: frames, **encoded.inputs},
            volumes={network_inputs.FRAMES: volume, **encoded.volumes},
        )
    if len(encoded.volumes) == 1:
        return encoded.inputs, modality_features.alone(encoded)
    return modality_features.fuse(encoded, further, clip)


def _features(
    frames: keras.KerasTensor,
    backbone: registry.Chosen,
    temporal: registry.Chosen,
    clip: batch.ClipSpec,
) -> keras.KerasTensor:
    volume = _encoder(backbone, clip)(frames)["volume"]
    features = keras.ops.mean(volume, axis=(2, 3))
    return temporal.build(tuple(features.shape[1:]))(features)


def _encoder(backbone: registry.Chosen, clip: batch.ClipSpec) -> keras.Model:
    try:
        network = encoder.build(backbone, clip)
        _check_sizes(network)
        return network
    except ValueError as error:
        # Keras says first where it happened, then what.
        lines = [x for x in _PLAIN.sub("", str(error)).splitlines() if x]
        said = [x for x in lines if not x.startswith("Exception encountered")]
        raise errors.UserError(
            f"no --backbone={backbone.name} for --clip.frames={clip.frames} "
            f"--clip.size={clip.size}: {' '.join(said[:1])} Wanted a clip, or "
            "settings of the backbone, that fit"
        ) from error


def _check_sizes(network: keras.Model) -> None:
    # Keras before 3.13 builds on, with nothing in it.
    for name, output in network.output.items():
        if any(size is not None and size < 1 for size in output.shape):
            raise ValueError(
                f"{name} would have a zero or negative size, {output.shape}."
            )


def _check_time_steps(temporal: registry.Chosen, head: registry.Chosen) -> None:
    if temporal.module.SUMMARIZES and "time_steps" in head.module.GIVES:
        raise errors.UserError(
            f"--head={head.name} with --temporal={temporal.name}, which gives "
            "one row per clip and no time steps: wanted --head=classifier, or "
            "another --temporal"
        )


def _check_published(temporal: registry.Chosen) -> None:
    if temporal.name != "none":
        raise errors.UserError(
            f"--head=published with --temporal={temporal.name}: it takes the "
            "backbone's features; wanted --temporal=none, or "
            "--head=classifier"
        )
