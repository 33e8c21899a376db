"""The floor of cached features: their closed-form readout.

For networks that are trained by steps. The encoder's features are those that
the run has computed; statistics over time follow them, see `ridge_readout`.
"""

import dataclasses
import pathlib

import numpy as np

from launch.evaluation import floors
from launch.features import cached_split, readout_fit, run_features
from launch.runs import restored_run
from pipelines import clip_dataset
from tfrecords_tools.base import errors
from video_models.classification import ridge_readout
from video_models.temporal import statistics

NAME = "readout"
_TITLE = "closed-form readout of the same features"
_FOLDS = 5


def build(
    shards: str,
    known: cached_split.CachedSplit,
    queries: cached_split.CachedSplit,
    reader: clip_dataset.Config,
) -> floors.Floor:
    """A floor for label sets with one label a clip.

    Args:
        shards: folder with the report of the build.
        known: features of the training split.
        queries: features of the split that is evaluated.
        reader: its `groups`, or else the report, hold the groups of the clips.
    """
    found: dict[tuple[bytes, bytes], floors.Guess | None] = {}

    def guess(
        clips: floors.Clips, asked: floors.Clips, labels: tuple[str, ...]
    ) -> floors.Guess | None:
        # A run evaluates the same clips many times.
        key = clips.labels.tobytes(), asked.numbers.tobytes()
        if key not in found:
            try:
                groups = readout_fit.groups_of(shards, clips.videos, reader)
            except errors.UserError as error:  # The table may have moved.
                print(f"note: no floor of a readout, since {error}")
                found[key] = None
            else:
                found[key] = _guess(known, queries, clips, asked, groups)
        return found[key]

    return floors.Floor(NAME, guess)


def of_run(
    trained: restored_run.RestoredRun, workdir: str, known: str, split: str
) -> list[floors.Floor]:
    """The floor of a run that has the features of a split, or none.

    Args:
        trained: the run; that of a readout has no such floor.
        workdir: its folder.
        known: folder of the shards with its training split.
        split: that is evaluated.
    """
    experiment = trained.experiment
    is_readout = experiment.objective.module.AT_ONCE
    if is_readout or not experiment.train.cache_features:
        return []
    learnt, asked = (
        run_features.RunFeatures(
            dataclasses.replace(experiment, shards=shards),
            trained.objective,
            [],
            pathlib.Path(workdir),
        ).stored(name)
        for shards, name in ((known, "train"), (experiment.shards, split))
    )
    if not (learnt and asked):
        return []
    return [build(known, learnt, asked, experiment.reader)]


def _guess(
    known: cached_split.CachedSplit,
    queries: cached_split.CachedSplit,
    clips: floors.Clips,
    asked: floors.Clips,
    groups: list[str],
) -> floors.Guess | None:
    """The answers; None where features or single labels are missing."""
    learnt, used = _places(known, clips.numbers)
    places, has_features = _places(queries, asked.numbers)
    truth = clips.labels[used]
    is_single = (truth.sum(axis=1) == 1).all()
    if not (is_single and has_features.all() and truth.any(0).sum() > 1):
        return None
    shape = known.rows[cached_split.FEATURES].shape[2:]
    config = statistics.Config()
    names = [
        name for name, is_used in zip(groups, used, strict=True) if is_used
    ]
    fitted = ridge_readout.fit(
        _statistics(known, learnt[used]),
        truth.argmax(axis=1),
        readout_fit.deal(names, _FOLDS),
        tuple(statistics.column_kinds(config, shape).values()),
        truth.shape[1],
    )
    rows = _statistics(queries, places)[:, queries.centre]
    best = (rows @ fitted.kernel + fitted.bias).argmax(axis=1)
    return floors.Guess(_TITLE, np.eye(truth.shape[1], dtype=bool)[best])


def _places(
    split: cached_split.CachedSplit, numbers: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The row of each clip, int64 [N], and whether it has features."""
    ids, mask = (np.asarray(split.rows[name]) for name in ("clip_id", "mask"))
    row_of = {int(n): row for row, n in enumerate(ids) if mask[row] > 0}
    rows = np.array([row_of.get(n, -1) for n in numbers.tolist()], np.int64)
    return rows, rows >= 0


def _statistics(
    split: cached_split.CachedSplit, places: np.ndarray
) -> np.ndarray:
    """float32 [clips, crops, D] of the crops of the evaluation view."""
    features = split.rows[cached_split.FEATURES]
    network = statistics.build(statistics.Config(), features.shape[2:])
    return readout_fit.compute_views(
        lambda rows: network(rows, training=False),
        features[:, : split.crops],
        places,
    )
