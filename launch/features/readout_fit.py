"""Solves the last layer of a network on cached features, in closed form."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from launch.features import cached_split
from launch.runs import experiment as experiments
from pipelines import clip_dataset
from pipelines.reading import folds
from tfrecords_tools import label_balance
from tfrecords_tools.base import errors
from tfrecords_tools.building import build_report
from video_models import objective as objectives
from video_models.classification import ridge_readout
from video_models.introspection import keras_internals, last_features

_BATCH = 64  # Views at a time.


def fit(
    experiment: experiments.Experiment,
    objective: objectives.Objective,
    cached: cached_split.CachedSplit,
) -> str:
    """Sets the last layer of the objective's network.

    Args:
        experiment: settings of the run, of `--objective=readout`.
        objective: with its network, whose weights are loaded.
        cached: features of the training split.

    Returns:
        What was found, for people.

    Raises:
        UserError: the network has other weights to train, there are too many
            clips, or too few with labels.
    """
    rest = objective.split().rest
    network = last_features.beside_logits(rest)
    last = _last_layer(rest)
    _check_weights(experiment, rest, last)
    used = np.flatnonzero(
        (cached.rows["mask"] > 0) & (np.asarray(cached.rows["label"]) >= 0)
    )
    labels = np.asarray(cached.rows["label"])[used]
    _check_clips(labels)
    features = compute_views(
        lambda rows: network(rows, training=False)[0],
        cached.rows[cached_split.FEATURES],
        used,
    )
    paths = [
        path.decode(errors="replace")
        for path in cached.rows["path"][used].tolist()
    ]
    names = groups_of(experiment.shards, paths, experiment.reader)
    config = experiment.objective.config
    fold_of = deal(names, config.folds)
    kinds = _kinds(experiment, rest, features.shape[-1])
    found = ridge_readout.fit(
        features,
        labels,
        fold_of,
        tuple(kinds.values()),
        len(objective.answers["scores"].labels),
        config.strengths,
    )
    last.kernel.assign(found.kernel)
    last.bias.assign(found.bias)
    majority = np.bincount(labels).max() / len(labels)
    return (
        f"readout of {len(labels)} clips of {len(set(names))} groups"
        f"{_note(names, paths)}: {_accuracy(found)} on clips left out, "
        f"{fold_of.max()}-fold cross-validation by group; always the most "
        f"frequent label {majority:.4f}; {_candidates(found, list(kinds))}"
    )


def _last_layer(network: keras.Model) -> keras.layers.Dense:
    call = keras_internals.producing_call(network.outputs[0])
    last = call.operation
    return last if isinstance(last, keras.layers.Dense) else _last_layer(last)


def _check_weights(
    experiment: experiments.Experiment,
    rest: keras.Model,
    last: keras.layers.Dense,
) -> None:
    own = {id(weight) for weight in last.weights}
    other = [w for w in rest.trainable_weights if id(w) not in own]
    if other and not experiment.init.weights:
        raise errors.UserError(
            f"--objective=readout sets the last layer only, but {other[0].path}"
            f" and {len(other) - 1} more weights of --temporal="
            f"{experiment.components.temporal.name} would stay random: wanted "
            "--temporal=statistics or none, or trained weights by "
            "--init.weights"
        )


def _check_clips(labels: np.ndarray) -> None:
    most = ridge_readout.MOST_CLIPS
    if len(labels) > most:
        raise errors.UserError(
            f"--objective=readout with {len(labels)} labelled clips: wanted at "
            f"most {most}; --objective=classification --train.freeze=backbone "
            "--train.cache_features trains the same layer by steps"
        )
    if len(set(labels.tolist())) < 2:
        raise errors.UserError(
            "--objective=readout wants readable training clips of two labels "
            f"or more, got {len(labels)} clips of {len(set(labels.tolist()))}"
        )


def compute_views(
    compute: Callable[[np.ndarray], Any], features: np.ndarray, used: np.ndarray
) -> np.ndarray:
    """Returns what follows from cached features, view by view.

    Args:
        compute: float32 [N, t, C] to [N, ..., D] with one row each.
        features: float32 [clips, views, t, C].
        used: int64 [n], the clips to take.

    Returns:
        float32 [n, views, D].
    """
    views = features.shape[1]
    each = max(1, _BATCH // views)
    parts = []
    for start in range(0, len(used), each):
        clips = features[used[start : start + each]]
        rows = compute(clips.reshape(-1, *clips.shape[2:]))
        rows = keras.ops.convert_to_numpy(rows)
        parts.append(rows.reshape(-1, views, rows.shape[-1]))
    return np.concatenate(parts)


def _kinds(
    experiment: experiments.Experiment, rest: keras.Model, width: int
) -> dict[str, int]:
    """Columns of each kind of feature."""
    temporal = experiment.components.temporal
    if temporal.module.column_kinds is None:
        return {"all": width}
    shape = tuple(rest.input.shape[1:])
    return temporal.module.column_kinds(temporal.config, shape)


def groups_of(
    shards: str, paths: Sequence[str], reader: clip_dataset.Config
) -> list[str]:
    """The group of each clip, as folds of a run have it.

    Args:
        shards: folder.
        paths: the video of each clip.
        reader: of the run.

    Raises:
        UserError: the table `reader.groups` cannot be read or lacks a video.
    """
    if reader.groups:
        return folds.read_groups(
            shards, paths, reader.groups, reader.group_column
        )
    return build_report.groups_of(shards, paths)


def _note(names: Sequence[str], paths: Sequence[str]) -> str:
    if list(names) != list(paths):
        return ""
    return " (none were given: clips of one camera may be on both sides)"


def deal(groups: Sequence[str], most: int) -> np.ndarray:
    """The fold of each clip, from 1, int64 [clips]: folds of equal size.

    Args:
        groups: of each clip.
        most: folds; fewer if there are fewer groups.
    """
    count = min(most, len(set(groups)))
    return np.array(folds.deal(groups, [0] * len(groups), count))


def _accuracy(found: ridge_readout.Readout) -> str:
    low, high = label_balance.wilson(found.accuracy, found.compared)
    return (
        f"accuracy {found.accuracy:.4f} ({low:.2f} to {high:.2f} at 95 % "
        "confidence)"
    )


def _candidates(found: ridge_readout.Readout, kinds: list[str]) -> str:
    best, weight = next(iter(found.weights.items()))
    names = " and ".join(kinds[group] for group in best.groups)
    return (
        f"best strength {best.strength:g} on {names} (weight {weight:.2f} of "
        f"{len(found.weights)} averaged)"
    )
