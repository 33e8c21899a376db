"""Evaluations while a run trains: measured, shown, printed."""

import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from launch import evaluation, reports, shown_clips, train_loop
from pipelines import clip_dataset, shard_reader


class Validation:
    """The validation split of a run, if its shards have one."""

    def __init__(
        self,
        shards: str,
        wanted: clip_dataset.Input,
        batch_size: int,
        strategy: tf.distribute.Strategy,
    ):
        """Opens nothing yet.

        Args:
            shards: their folder itself: a cache holds the training split
                alone.
            wanted: what batches hold, read as stored.
            batch_size: clips at a time, over all replicas.
            strategy: the networks live on.
        """
        self._shards, self._wanted = shards, wanted
        self._batch_size, self._strategy = batch_size, strategy
        self._shown: shown_clips.ShownClips | None = None

    def report(
        self,
        loop: train_loop.TrainLoop,
        board: reports.Board,
        step: int,
        samples: pathlib.Path | None = None,
    ) -> dict[str, Any]:
        """Measures the averaged networks; empty where there is no split.

        Args:
            loop: holds objective and networks.
            board: gets the numbers and pictures.
            step: steps taken.
            samples: folder for what the objective shows; None: for nobody.
        """
        about = shard_reader.manifest_of(self._shards)
        if "validation" not in about.splits:
            return {}
        data = clip_dataset.open_split(self._shards, "validation", self._wanted)
        if samples is not None:
            self._shown = self._shown or shown_clips.ShownClips(samples, board)
            self._shown.show(
                loop.objective, loop.averaged, data, self._wanted, step
            )
        report = evaluation.evaluate(
            loop.objective,
            loop.averaged,
            self._strategy,
            data,
            self._wanted,
            self._batch_size,
        )
        numbers = {
            f"validation/{name}": value
            for name, value in report.items()
            if isinstance(value, float)
        }
        board.scalars(step, numbers)
        if "confusion" in report:
            picture = reports.confusion_picture(
                np.array(report["confusion"]), about.labels
            )
            board.picture(step, "validation/confusion", picture)
        shown = "  ".join(f"{k} {v:.4f}" for k, v in numbers.items())
        print(f"step {step}  {shown}", flush=True)
        return report
