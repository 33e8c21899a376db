"""The stages of launch.benchmark: parts of the input, and the training step.

Each part of the input is the run's graph with something left out.
"""

import dataclasses
import itertools
from collections.abc import Iterator

import tensorflow as tf

from launch.benchmarking import stage_timing
from launch.evaluation import evaluation
from launch.runs import experiment as experiments
from launch.training import train_loop
from pipelines import clip_dataset

READING, DECODING, FULL = "reading", "and decoding", "and augmenting"
STEP, BOTH = "training step", "input and step"


class Stages:
    """The stages of one run."""

    def __init__(
        self,
        experiment: experiments.Experiment,
        strategy: tf.distribute.Strategy,
    ):
        """Opens the shards and builds the networks.

        Raises:
            UserError: the shards cannot be read, settings do not fit.
        """
        self._experiment, self._strategy = experiment, strategy
        self.data = clip_dataset.open_split(
            experiment.shards, "train", experiment.input
        )
        size = experiment.train.batch_size
        self._batch_shard = evaluation.local_batch_shard(strategy, size)
        self._loop = train_loop.build(experiment, self.data.manifest, strategy)
        self._prefetched = experiment.input.reader.prefetch_batches

    def together(self) -> stage_timing.Stage:
        """Input and step together, as in launch.train."""
        data = self._batches(self._experiment.input)
        return self._step(BOTH, data, self._prefetched + 1)

    def apart(self) -> list[stage_timing.Stage]:
        """The step alone and the parts of the input."""
        input_config = self._experiment.input
        batch = next(iter(self._batches(input_config)))
        held = tf.data.Dataset.from_tensors(batch).repeat().prefetch(2)
        return [
            self._step(STEP, held),
            self._reading(),
            self._input(DECODING, frames_only(input_config)),
            self._input(FULL, input_config),
            *(
                self._input(name, less)
                for name, less in without_one(input_config)
            ),
        ]

    def stored(self) -> tuple[int, int, int]:
        """Height and width of a clip's stored frames, and their bytes."""
        record = next(iter(self._records()))
        size = tf.reduce_sum(tf.strings.length(record["frames"]))
        return int(record["height"]), int(record["width"]), int(size)

    def _records(self) -> tf.data.Dataset:
        frames, seed = (
            frames_only(self._experiment.input),
            self._experiment.train.seed,
        )
        return clip_dataset.reading(self.data, frames, self._batch_shard, seed)

    def _batches(self, input_config: clip_dataset.Input) -> tf.data.Dataset:
        seed = self._experiment.train.seed
        return clip_dataset.training(
            self.data, input_config, self._batch_shard, seed
        )

    def _reading(self) -> stage_timing.Stage:
        size = self._batch_shard.replica_batch
        counts = self._records().map(lambda r: tf.size(r["frames"]))
        return _of_data(READING, counts.batch(size).prefetch(2), size, 3)

    def _input(
        self, name: str, input_config: clip_dataset.Input
    ) -> stage_timing.Stage:
        data = self._batches(input_config).map(lambda batch: batch["mask"])
        size = self._batch_shard.replica_batch
        return _of_data(name, data, size, self._prefetched + 1)

    def _step(
        self, name: str, data: tf.data.Dataset, lead: int = 1
    ) -> stage_timing.Stage:
        spread = self._strategy.distribute_datasets_from_function(
            lambda _: data
        )
        loop, at_once = self._loop, self._loop.steps_at_once(0)
        last = max(1, self._experiment.train.steps - at_once + 1)
        steps = itertools.cycle(range(0, last, at_once))

        def prepare() -> stage_timing.Iteration:
            batches = iter(spread)
            return lambda: next(
                iter(loop.execute(batches, next(steps)).values())
            )

        lead = max(lead, *(p.every for p in loop.objective.players))
        clips = self._experiment.train.batch_size * at_once
        return stage_timing.Stage(name, prepare, clips, lead)


def frames_only(input_config: clip_dataset.Input) -> clip_dataset.Input:
    """The input with decoded frames only: no augmentation, no other entries.

    An augmentation that chooses a window stays: it affects decoding.
    """
    windows = [c for c in input_config.augmentations if c.module.window]
    return dataclasses.replace(
        input_config,
        augmentations=tuple(windows[:1]),
        extra_inputs=(),
        audio=type(input_config.audio)(),
        text=type(input_config.text)(),
    )


def without_one(
    input_config: clip_dataset.Input,
) -> Iterator[tuple[str, clip_dataset.Input]]:
    """Yields `no NAME` and the input without it, per optional entry."""
    for field in ("augmentations", "extra_inputs"):
        every = getattr(input_config, field)
        for place, chosen in enumerate(every):
            rest = every[:place] + every[place + 1 :]
            less = dataclasses.replace(input_config, **{field: rest})
            yield f"no {chosen.name}", less
    for field in ("audio", "text"):
        off = type(getattr(input_config, field))()
        if getattr(input_config, field) != off:
            yield (
                f"no {field}",
                dataclasses.replace(input_config, **{field: off}),
            )


def _of_data(
    name: str, data: tf.data.Dataset, clips: int, lead: int
) -> stage_timing.Stage:
    def prepare() -> stage_timing.Iteration:
        elements = iter(data)
        return lambda: next(elements)

    return stage_timing.Stage(name, prepare, clips, lead)
