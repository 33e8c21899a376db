"""Paths among the flags of a run: made absolute, or left out."""

import dataclasses
import os
from collections.abc import Callable

from tfrecords_tools.base import flags, registry
from video_models import objective


def with_absolute_paths(resolved: flags.Resolved) -> flags.Resolved:
    """The same flags with absolute paths."""
    config, reading = resolved.settings, resolved.sections["reader"]
    features = resolved.sections["feature_cache"]
    start = resolved.sections["init"]
    paths = {
        name: _absolute_path(getattr(config, name))
        for name in ("shards", "workdir", "features")
        if getattr(config, name)
    }
    if features.folder:
        folder = _absolute_path(features.folder)
        features = dataclasses.replace(features, folder=folder)
    for name in ("cache", "groups"):
        if path := getattr(reading, name):
            path = _absolute_path(path)
            reading = dataclasses.replace(reading, **{name: path})
    if start.weights:
        start = dataclasses.replace(
            start, weights=_absolute_path(start.weights)
        )
    return dataclasses.replace(
        resolved,
        settings=dataclasses.replace(config, **paths),
        sections={
            **resolved.sections,
            "reader": reading,
            "init": start,
            "feature_cache": features,
        },
        chosen={
            kind: tuple(_with_files(each, _absolute_file) for each in chosen)
            for kind, chosen in resolved.chosen.items()
        },
    )


def without_files(chosen: registry.Chosen) -> registry.Chosen:
    """The same module without initial weights, vectors or style files."""
    return _with_files(chosen, lambda *_: None)


def with_stored_weights(
    components: objective.Components,
) -> objective.Components:
    """The same components; the backbones' weights come from elsewhere.

    A checkpoint has them, so that their file may be missing.
    """
    fresh = {
        name: without_files(chosen)
        for name, chosen in components.pretrained.items()
    }
    return dataclasses.replace(components, **fresh)


def _with_files(
    chosen: registry.Chosen,
    change: Callable[[str, registry.Chosen], str | None],
) -> registry.Chosen:
    """The same module with changed paths of weights, vectors and style."""
    files = {
        name: change(file, chosen)
        for name in ("weights", "style", "vectors")
        if isinstance(file := getattr(chosen.config, name, None), str) and file
    }
    config = dataclasses.replace(chosen.config, **files)
    return chosen._replace(config=config)


def _absolute_path(path: str) -> str:
    return path if "://" in path else os.path.abspath(path)


def _absolute_file(path: str, chosen: registry.Chosen) -> str:
    public = getattr(chosen.module, "WEIGHTS", ())
    is_name = any(each.name == path for each in public)
    return path if is_name else _absolute_path(path)
