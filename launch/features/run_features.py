"""The cached features of a run, and what cannot be trained on them."""

import functools
import pathlib
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from launch.features import cached_split, feature_extraction, frozen_encoder
from launch.runs import experiment as experiments
from pipelines import clip_dataset
from pipelines.reading import fold_reader, folds, shard_reader
from tfrecords_tools.base import errors
from video_models import network_inputs
from video_models import objective as objectives

_FLAG = "--train.cache_features"

_Find = Callable[..., cached_split.CachedSplit | None]


class RunFeatures:
    """Features of the splits of a run's shards."""

    def __init__(
        self,
        experiment: experiments.Experiment,
        objective: objectives.Objective,
        frozen: list[Any],
        workdir: pathlib.Path,
    ):
        """Computes nothing yet.

        Args:
            experiment: settings of the run.
            objective: with its networks, whose weights are loaded.
            frozen: variables that no step changes.
            workdir: folder of the run.
        """
        self._experiment = experiment
        self._network = objective.split()
        self._frozen = {id(variable) for variable in frozen}
        folder = experiment.feature_cache.folder
        self._folder = pathlib.Path(folder or workdir / "features")

    def check(self, hosts: int) -> None:
        """Raises UserError if features cannot take the place of frames.

        Args:
            hosts: number of hosts of the run.
        """
        experiment, name = self._experiment, self._experiment.objective.name
        network_inputs.check_frames_alone(
            experiment.components.modalities, _FLAG
        )
        if self._network is None:
            head = getattr(experiment.components.head, "name", None)
            raise errors.UserError(
                f"{_FLAG} with --objective={name}"
                + (f" and --head={head}" if head else "")
                + ": it needs more than one row of features per time step; "
                "wanted --objective=classification, multi_label or readout "
                "with --head=classifier"
            )
        moving = [
            variable
            for variable in self._network.encoder.variables
            if id(variable) not in self._frozen
            and variable.name != "seed_generator_state"
        ]
        if moving:
            raise errors.UserError(
                f"{_FLAG}, but the backbone is trained ({moving[0].path} and "
                f"{len(moving) - 1} more weights change): wanted "
                "--train.freeze=backbone"
            )
        if hosts > 1:
            raise errors.UserError(
                f"{_FLAG} with {hosts} hosts: wanted one; the head alone "
                "trains in seconds"
            )
        self._check_input(experiment.input)

    def _check_input(self, given: clip_dataset.Input) -> None:
        """Raises UserError for settings of the input that have no effect."""
        _, mixes = clip_dataset.split_augmentations(given)
        if mixes:
            raise errors.UserError(
                f"{_FLAG} with --augment={mixes[0].name}, which mixes the "
                "pixels of two clips: leave one of them out"
            )
        crops = self._experiment.feature_cache.crops
        if crops % 2 == 0:
            raise errors.UserError(
                f"--feature_cache.crops={crops} has no centre crop, which is "
                "evaluated: wanted an odd number"
            )
        views = self._experiment.feature_cache.augmented
        if given.augmentations and not views:
            raise errors.UserError(
                f"{_FLAG} with --augment={given.augmentations[0].name}, but "
                "no augmented view is cached: leave it out, or set "
                "--feature_cache.augmented"
            )
        if given.other_entries:
            raise errors.UserError(
                f"{_FLAG} with {given.other_entries[0]}, whose entries are "
                "not cached: leave one of them out"
            )
        wrong = [
            flag
            for flag, is_set in (
                ("--reader.shuffle=blocks", given.reader.block),
                ("--reader.service", given.reader.service),
                ("--reader.cache", given.reader.cache),
            )
            if is_set
        ]
        if wrong:
            raise errors.UserError(
                f"{_FLAG} with {wrong[0]}: features are read from their own "
                "cache, in the global order; leave it out"
            )

    @functools.cached_property
    def _encode(self) -> Callable[[tf.Tensor], tf.Tensor]:
        """Built once, where features are missing: it takes seconds."""
        return frozen_encoder.build(self._network.encoder, batch=1)

    def of_split(self, split: str) -> cached_split.CachedSplit:
        """The features of a split; computes those that are missing.

        Folds of a cross-validation share the features of all their clips.

        Raises:
            UserError: a record is damaged, or the disk is too small.
        """
        return self._of_split(split, feature_extraction.cached)

    def stored(self, split: str) -> cached_split.CachedSplit | None:
        """The features of a split if they are on disk, see `of_split`."""
        return self._of_split(split, feature_extraction.stored)

    def _of_split(self, split: str, find: _Find) -> Any:
        experiment = self._experiment
        reader = clip_dataset.open_split(
            experiment.shards, split, experiment.input
        )
        if not isinstance(reader, fold_reader.FoldReader):
            return self._of_reader(reader, split, find)
        whole = self._of_reader(reader.whole, folds.LEARNT, find)
        if whole is None:
            return None
        rows = {name: each[reader.places] for name, each in whole.rows.items()}
        return cached_split.CachedSplit(rows, reader, whole.crops)

    def _of_reader(
        self, reader: shard_reader.ShardReader, split: str, find: _Find
    ) -> cached_split.CachedSplit | None:
        experiment = self._experiment
        source = feature_extraction.Source(
            self._network,
            lambda pixels: self._encode(pixels),
            experiment.components.backbone,
            experiment.input,
            reader,
            split,
            experiment.train.seed,
        )
        return find(source, experiment.feature_cache, self._folder)
