"""Evaluations during training: metrics, sample clips, log lines."""

import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from launch.evaluation import evaluation, floors, split_floors
from launch.features import cached_split
from launch.reporting import chance_lines, floor_lines, reports, shown_clips
from launch.training import best_step, train_loop
from pipelines import clip_dataset, split_readers
from pipelines.reading import shard_reader
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors

_SPLIT = "validation"


class Validation:
    """The validation split of a run, if its shards have one."""

    def __init__(
        self,
        shards: str,
        input_config: clip_dataset.Input,
        batch_size: int,
        strategy: tf.distribute.Strategy,
        cached: cached_split.CachedSplit | None = None,
        measured: Sequence[floors.Floor] = floors.FLOORS,
    ):
        """Opens nothing yet.

        Args:
            shards: folder of the shards; a cache holds the training split only.
            input_config: the contents of batches, without a cache.
            batch_size: clips per batch, over all replicas.
            strategy: of the networks.
            cached: features of the split, evaluated in place of frames.
            measured: the floors.
        """
        self._measured = measured
        self._cached = cached
        self._shards, self._input_config = shards, input_config
        self._batch_size, self._strategy = batch_size, strategy
        self._shown: shown_clips.ShownClips | None = None
        self._floors: split_floors.SplitFloors | None = None
        self._data: shard_reader.ShardReader | None = None

    def check(
        self, loop: train_loop.TrainLoop, config: train_loop.Config
    ) -> None:
        """Raises UserError if the monitored metric is never reported."""
        settings = {"monitor": config.monitor, "patience": config.patience}
        given = [
            f"--train.{k}={v}" for k, v in settings.items() if v is not None
        ]
        if given and _SPLIT not in self.read_manifest().splits:
            raise errors.UserError(
                f"{given[0]}: {self._shards} has no validation split; "
                "remove the flag, or build the shards with one"
            )
        if config.monitor is not None:
            data = self._open()
            blank = evaluation.blank_report(
                *self._arguments(loop, data), batches=self._batches
            )
            best_step.find_metric(blank, config.monitor)

    def report(
        self,
        loop: train_loop.TrainLoop,
        board: reports.Board,
        step: int,
        samples: pathlib.Path | None = None,
    ) -> dict[str, Any]:
        """Evaluates the averaged networks; empty without a validation split.

        Args:
            loop: holds objective and networks.
            board: for metrics and images.
            step: steps taken.
            samples: folder for sample clips; None for none.
        """
        manifest = self.read_manifest()
        if _SPLIT not in manifest.splits:
            return {}
        data = self._open()
        if samples is not None:
            self._shown = self._shown or shown_clips.ShownClips(samples, board)
            self._shown.show(
                loop.objective, loop.averaged, data, self._input_config, step
            )
        evaluated = evaluation.evaluate(
            *self._arguments(loop, data),
            batches=self._batches,
        )
        report = self._with_floors(loop, data, evaluated)
        numbers = {
            f"validation/{name}": value
            for name, value in report.items()
            if isinstance(value, float)
        }
        board.scalars(step, numbers)
        if "confusion" in report:
            image = reports.confusion_image(
                np.array(report["confusion"]), manifest.labels
            )
            board.image(step, "validation/confusion", image)
        shown = "  ".join(f"{k} {v:.4f}" for k, v in numbers.items())
        print(f"step {step}  {shown}", flush=True)
        standing = floor_lines.line(report) or chance_lines.line(report)
        if standing:
            print(f"step {step}  {standing}", flush=True)
        return report

    def _with_floors(
        self,
        loop: train_loop.TrainLoop,
        data: shard_reader.ShardReader,
        evaluated: evaluation.Evaluated,
    ) -> dict[str, Any]:
        if self._floors is None:
            known = clip_dataset.open_split(
                self._shards, "train", self._input_config
            )
            self._floors = split_floors.SplitFloors(known, data, self._measured)
        return self._floors.report(loop.objective, evaluated)

    def read_manifest(self) -> manifests.Manifest:
        """The manifest of the shards, with all their splits."""
        return split_readers.read_manifest(self._shards, self._input_config)

    @property
    def _batches(self) -> evaluation.Batches | None:
        return self._cached.evaluation if self._cached else None

    def _open(self) -> shard_reader.ShardReader:
        # Dealing clips into folds reads all of their records.
        if self._data is None or self._input_config.reader.fold is None:
            self._data = clip_dataset.open_split(
                self._shards, _SPLIT, self._input_config
            )
        return self._data

    def _arguments(
        self, loop: train_loop.TrainLoop, data: shard_reader.ShardReader
    ) -> tuple[Any, ...]:
        """The arguments of `evaluation.evaluate`."""
        return (
            loop.objective,
            loop.averaged,
            self._strategy,
            data,
            self._input_config,
            self._batch_size,
        )
