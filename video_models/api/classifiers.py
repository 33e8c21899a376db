"""Classifiers by name, as plain Keras models."""

import dataclasses
import os
import warnings
from collections.abc import Sequence
from typing import Any

import keras

from pipelines import batch
from tfrecords_tools.base import errors, registry
from tfrecords_tools.base.keywords import keyword_settings
from video_models import default_components, objective, video_network
from video_models.classification import clip_logits, label_axes, label_scores
from video_models.weights import initial_weights

_BACKBONES = "video_models.backbones"
_KEYWORDS = ("weights", "frames", "size", "temporal", "head")
_CLIP = keyword_settings.Section("clip", "", batch.ClipSpec)
_OF_CLASSES = "logits"  # A head's layer with a row per class.


def list_backbones() -> list[str]:
    """Returns the names that `classifier` accepts, sorted."""
    return list(registry.names_in(_BACKBONES))


def classifier(
    name: str,
    classes: int | Sequence[str],
    weights: str | os.PathLike | None = None,
    *,
    frames: int = 16,
    size: int = 112,
    temporal: str | None = None,
    head: str | None = None,
    classifier_activation: str | None = "softmax",
    **settings: Any,
) -> keras.Model:
    """Builds a network that classifies clips.

        model = video_models.classifier("movinet", 2, variant="a0")
        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(pipelines.dataset("SHARDS"))

    Args:
        name: the backbone, one of `list_backbones()`.
        classes: names of the classes in the order of the scores, or their
            number.
        weights: the name of a public file in an installed package for the
            backbone, such as `imagenet`; or a file or folder to start from: a
            run of launch.train or one of its checkpoints, a `.keras` or
            `.weights.h5` file, a published `.pth`, `.pt` or `.safetensors`
            file, a checkpoint of TF Model Garden. None: random weights.
            Matching weights are loaded. A last layer for other classes stays
            random; a warning names all other weights without a match.
        frames: frames of a clip.
        size: height and width of the frames in pixels.
        temporal: the temporal block, a file of `video_models.temporal`.
            None: attention after a backbone that sees each frame alone,
            otherwise none.
        head: a file of `video_models.heads`. None: the head of the
            backbone's paper if there is one, otherwise `classifier`.
        classifier_activation: `softmax`, one class a clip; `sigmoid`,
            several; None: the model returns logits.
        **settings: settings of the backbone, `variant="a0"`; of the temporal
            block with the prefix `temporal_`, of the head with `head_`:
            `head_dropout=0.5`.

    Returns:
        A functional model: RGB frames [B, frames, size, size, 3], uint8 or
        float, 0..255 -> float32 [B, classes].

    Raises:
        UserError: an unknown name or setting (the nearest one is named),
            components that do not fit together, or a weight file without a
            matching weight.
    """
    count, labels = _classes(classes)
    activation = _activation(classifier_activation)
    files = _files(name, temporal, head)
    sections = _sections(files)
    flags = ("init.weights", "backbone", "temporal", "head")
    given = {"frames": frames, "size": size}
    with keyword_settings.in_keywords([_CLIP, *sections], *flags):
        (clip,) = keyword_settings.configs([_CLIP], given, ())
        configs = keyword_settings.configs(sections, settings, _KEYWORDS)
        components = objective.Components(
            *(
                registry.choose(package, file, config)
                for (package, file), config in zip(files, configs, strict=True)
            )
        )
        clip_logits.check_head(components.head)
        public = {each.name for each in components.backbone.module.WEIGHTS}
        if weights is not None and weights in public:
            components = _with_weights(components, str(weights))
            weights = None
        network = video_network.build(
            components.backbone,
            components.temporal,
            components.head,
            clip,
            count,
        )
        if weights is not None:
            _load(weights, network, components, labels)
    scores = label_scores.LabelScores(activation, labels, name="scores")
    return keras.Model(
        network.input, scores(network.output), name=f"{name}_classifier"
    )


def _classes(classes: int | Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Returns the number and the names of the classes."""
    is_number = isinstance(classes, int) and not isinstance(classes, bool)
    if is_number and classes > 0:
        return classes, ()
    labels = () if isinstance(classes, str | int) else tuple(classes)
    if not labels or not all(isinstance(each, str) for each in labels):
        raise errors.UserError(
            f"classes={classes!r}: wanted the names of the classes, as "
            "pipelines.labels(shards) returns them, or their number"
        )
    twins = [each for each in labels if labels.count(each) > 1]
    if twins:
        raise errors.UserError(f"classes names {twins[0]!r} twice: wanted once")
    return len(labels), labels


def _activation(name: str | None) -> str:
    name = name or label_scores.LOGITS
    if name not in label_scores.ACTIVATIONS:
        near = errors.nearest(name, label_scores.ACTIVATIONS)
        raise errors.UserError(
            f"classifier_activation={name!r}{near}; wanted softmax, sigmoid, "
            "or None for logits"
        )
    return name


def _files(
    name: str, temporal: str | None, head: str | None
) -> list[tuple[str, str]]:
    """Returns package and name of backbone, temporal block and head."""
    module = registry.load(_BACKBONES, name)
    temporal = temporal or default_components.default_temporal(module)
    head = head or default_components.default_head(module, temporal)
    packages = _BACKBONES, "video_models.temporal", "video_models.heads"
    return list(zip(packages, (name, temporal, head), strict=True))


def _sections(files: list[tuple[str, str]]) -> list[keyword_settings.Section]:
    return [
        keyword_settings.Section(section, prefix, registry.load(*file).Config)
        for section, prefix, file in zip(
            ("backbone", "temporal", "head"),
            ("", "temporal_", "head_"),
            files,
            strict=True,
        )
    ]


def _with_weights(
    components: objective.Components, name: str
) -> objective.Components:
    """The same components; the backbone starts from a public file."""
    config = dataclasses.replace(components.backbone.config, weights=name)
    backbone = components.backbone._replace(config=config)
    return dataclasses.replace(components, backbone=backbone)


def _load(
    path: str | os.PathLike,
    network: keras.Model,
    components: objective.Components,
    labels: tuple[str, ...],
) -> None:
    """Loads matching weights; warns about others, except the last layer."""
    found = initial_weights.load(
        initial_weights.Config(weights=os.fspath(path)),
        {"classifier": network},
        components,
        {label_axes.MAIN: labels} if labels else None,
    )
    layers = [row.target.layer.rpartition("/")[2] for row in found.fresh]
    if set(layers) - {_OF_CLASSES}:
        warnings.warn(found.summary(), stacklevel=3)
