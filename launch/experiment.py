"""One training run from settings to checkpoints; no flags are needed.

`run(experiment, workdir)` may be called from tests and notebooks; the
command is launch.train.
"""

from __future__ import annotations  # fields bear their modules' names

import dataclasses
import pathlib
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from launch import (
    checkpoints,
    devices,
    evaluation,
    reports,
    run_facts,
    train_loop,
)
from pipelines import (
    batch,
    clip_dataset,
    clip_order,
    damaged_records,
    shard_reader,
)
from pipelines.sound import sound_features
from pipelines.text import text_tokens
from tfrecords_tools import manifest
from tfrecords_tools.base import errors, registry
from video_models import learning_rates, objective, optimizers


@dataclasses.dataclass(frozen=True)
class Experiment:
    """All that a run depends on."""

    shards: str
    parts: objective.Parts
    objective: registry.Chosen
    augmentations: tuple[registry.Chosen, ...] = ()
    views: tuple[registry.Chosen, ...] = ()
    clip: batch.ClipSpec = batch.ClipSpec()
    sound: sound_features.Config = sound_features.Config()
    text: text_tokens.Config = text_tokens.Config()
    reader: clip_dataset.Config = clip_dataset.Config()
    train: train_loop.Config = train_loop.Config()
    optimizer: optimizers.Config = optimizers.Config()
    learning_rate: learning_rates.Config = learning_rates.Config()
    devices: devices.Config = devices.Config()

    @property
    def input(self) -> clip_dataset.Input:
        """What its batches hold."""
        return clip_dataset.Input(
            self.clip,
            self.augmentations,
            self.views,
            self.sound,
            self.text,
            self.reader,
        )

    def task(self, found: manifest.Manifest) -> objective.Task:
        """What the shards ask of a model."""
        return objective.Task(
            self.clip,
            found.labels,
            tuple(found.label_counts.get("train", ())),
            found.several_labels,
        )

    def build_objective(self, task: objective.Task) -> objective.Objective:
        """The objective with fresh networks, in the current scope."""

        def make_optimizer():
            rate = learning_rates.build(self.learning_rate, self.train.steps)
            return optimizers.build(self.optimizer, rate)

        return self.objective.build(self.parts, task, make_optimizer)

    def train_loop(
        self, found: manifest.Manifest, strategy: tf.distribute.Strategy
    ) -> train_loop.TrainLoop:
        """What takes its steps, with fresh networks."""
        task = self.task(found)
        return train_loop.TrainLoop(
            lambda: self.build_objective(task),
            strategy,
            self.train,
            devices.compiles(self.devices),
            lambda gradients, variables: optimizers.penalty_gradients(
                self.optimizer, gradients, variables
            ),
            self.reader.on_corrupt == "skip",
        )


def run(experiment: Experiment, workdir: str | pathlib.Path) -> dict[str, Any]:
    """Trains to the end, going on from the newest checkpoint if there is one.

    Args:
        experiment: the settings.
        workdir: gets checkpoints/, tensorboard/ and losses.csv.

    Returns:
        The report on the validation split; empty where there is none.

    Raises:
        UserError: wrong input; a loss that is not finite.
        SystemExit: SIGTERM or Ctrl-C came; a checkpoint was written.
    """
    return Run(experiment, workdir).to_the_end()


class Run:
    """A run while it lasts."""

    def __init__(self, experiment: Experiment, workdir: str | pathlib.Path):
        """Opens data and checkpoint, and refuses what does not fit."""
        workdir = pathlib.Path(workdir)
        self.experiment, self.workdir = experiment, workdir
        self.config = experiment.train
        # First of all: tensors, as the reader holds them, start the devices.
        self.strategy = devices.start(experiment.devices)
        self.data = clip_dataset.open_split(
            experiment.shards, "train", experiment.input
        )
        self.manifest = self.data.manifest
        self.saved = checkpoints.Checkpoints(
            workdir / "checkpoints", self.config.keep
        )
        self.step = max(self.saved.steps(), default=0)
        self.facts = run_facts.gather(
            experiment.task(self.manifest),
            self.manifest,
            self.config.batch_size,
            devices.numerics(experiment.devices, self.strategy),
        )
        if self.step:
            then = self.saved.facts(self.step)
            run_facts.check(then, self.facts, experiment.shards, workdir)
        self.largest = devices.shared_maximum(self.strategy)
        self.hosts, host = devices.hosts_and_own(self.strategy)
        self.is_chief = host == 0
        self.logs = workdir if self.is_chief else workdir / f"worker-{host}"
        self.loop = experiment.train_loop(self.manifest, self.strategy)
        if self.step:
            self.saved.restore(self.step, self.loop.state)
        self.pending: list[tuple[int, dict[str, tf.Tensor]]] = []
        self.told_to_stop = 0  # The number of the signal that came here.
        self.stopped = 0  # The same, once all hosts know of it.
        self.skipped = 0  # Clips of the steps taken here.
        self.empty_steps = 0  # The last ones, of which none could be read.

    def to_the_end(self) -> dict[str, Any]:
        """Takes the steps that are left; see `run`."""
        with damaged_records.explained(self.data, self._turns_of_now):
            return self._to_the_end()

    def _turns_of_now(self) -> tf.data.Dataset:
        """The clips of the steps that are being taken."""
        if self.experiment.reader.service:  # In no order.
            return damaged_records.every_turn(self.data)
        share = evaluation.share_of(self.strategy, self.config.batch_size)
        turns = clip_order.shuffled(
            self.data,
            share,
            self.config.seed,
            self.step,
            self.experiment.reader.block,
        )
        return turns.take(share.host_batch * self.loop.steps_at_once(self.step))

    def _to_the_end(self) -> dict[str, Any]:
        self._say_what_comes()
        losses = reports.LossLog(self.logs / "losses.csv", self.step)
        board = reports.Board(self.logs / "tensorboard")
        progress = reports.Progress(self.step, self.config.steps)
        report: dict[str, Any] = {}
        batches = self._batches()
        if not self.step:
            self._show_clips(board)
        before = {
            number: signal.signal(number, self._stop)
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            while self.step < self.config.steps and not self.stopped:
                values = self.loop.execute(batches, self.step)
                first = self.step
                self.step += self.loop.steps_at_once(first)
                self.pending.append((first, values))
                done = self.step == self.config.steps
                if done or self._passed(first, self.config.log_every):
                    means = self._flush(losses)
                    means |= self._skipped()
                    board.scalars(self.step, means | self._rates())
                    progress.show(self.step, means)
                if done or self._passed(first, self.config.checkpoint_every):
                    self._flush(losses)
                    self._save()
                every = self.config.evaluate_every
                if done or (every and self._passed(first, every)):
                    report = self._evaluate(board)
                if not done:
                    self._hear_of_stops(first)
            if self.stopped:
                self._flush(losses)
                self._save()
            elif not report:  # It had all its steps before.
                report = self._evaluate(board)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if self.skipped:
            print(damaged_records.skipped(self.data.folder, self.skipped))
        if self.stopped:
            print(f"stopped at step {self.step}; the same command goes on")
            raise SystemExit(128 + self.stopped)
        return report

    def _batches(self) -> Iterator:
        share = evaluation.share_of(self.strategy, self.config.batch_size)
        data = self.strategy.distribute_datasets_from_function(
            lambda _: clip_dataset.training(
                self.data,
                self.experiment.input,
                share,
                self.config.seed,
                self.step,
            )
        )
        return iter(data)

    def _show_clips(self, board: reports.Board) -> None:
        share = clip_dataset.Share(min(6, self.config.batch_size))
        data = clip_dataset.training(
            self.data,
            self.experiment.input.made_here,
            share,
            self.config.seed,
        )
        frames = next(iter(data))["frames"].numpy()
        board.picture(0, "train/clips", reports.film_strips(frames))

    def _flush(self, losses: reports.LossLog) -> dict[str, float]:
        """Logs the steps since the last call; their mean values."""
        rows, skipped = [], 0
        for first, values in self.pending:
            table = {name: value.numpy() for name, value in values.items()}
            skipped += int(np.sum(table.pop(train_loop.SKIPPED, 0)))
            for offset in range(len(next(iter(table.values())))):
                row = {name: v[offset] for name, v in table.items()}
                self._check_finite(first + offset, row)
                rows.append((first + offset, row))
        self.pending.clear()
        if not rows:
            return {}
        losses.add(rows)
        self._count_skipped(skipped, len(rows))
        names = rows[0][1]
        return {k: float(np.mean([row[k] for _, row in rows])) for k in names}

    def _count_skipped(self, clips: int, steps: int) -> None:
        """Refuses to go on where nothing at all can be read any more."""
        self.skipped += clips
        all_skipped = clips == steps * self.config.batch_size
        self.empty_steps = self.empty_steps + steps if all_skipped else 0
        if self.empty_steps > 1:
            raise errors.UserError(
                f"no clip of the last {self.empty_steps} steps could be read: "
                f"is {self.data.folder} still there? The last checkpoint stays"
            )

    def _skipped(self) -> dict[str, float]:
        return {train_loop.SKIPPED: self.skipped} if self.skipped else {}

    def _rates(self) -> dict[str, float]:
        """The learning rate of each player now."""
        return {
            f"learning_rate/{player.name}": float(
                player.optimizer.learning_rate
            )
            for player in self.loop.objective.players
        }

    def _check_finite(self, step: int, row: dict[str, Any]) -> None:
        bad = [name for name, value in row.items() if not np.isfinite(value)]
        if bad:
            raise self._not_finite(bad[0], step)

    def _check_weights(self) -> None:
        """A step may spoil the weights though its loss was still finite."""
        for name, network in self.loop.objective.networks.items():
            for weights in network.get_weights():
                if not np.isfinite(weights).all():
                    raise self._not_finite(f"a weight of {name}", self.step)

    def _not_finite(self, what: str, step: int) -> errors.UserError:
        kept = max(self.saved.steps(), default=None)
        state = f"step {kept}" if kept is not None else "none was written"
        return errors.UserError(
            f"{what} is not finite at step {step}: lower "
            "--learning_rate.base or set --train.clip_norm. The last good "
            f"checkpoint stays: {state}"
        )

    def _passed(self, first: int, every: int) -> bool:
        return self.step // every > first // every

    def _save(self) -> None:
        self._check_weights()
        if self.is_chief:
            self.saved.save(self.step, self.loop.state, self.facts)

    def _hear_of_stops(self, first: int) -> None:
        """Sets `stopped` on all workers at the same step, or on none.

        They agree now and then only, since asking costs them a round trip.
        """
        if self.hosts == 1:
            self.stopped = self.told_to_stop
        elif self._passed(first, self.config.log_every):
            self.stopped = self.largest(self.told_to_stop)

    def _evaluate(self, board: reports.Board) -> dict[str, Any]:
        # Of the shards themselves: a cache holds the training split alone.
        whole = shard_reader.manifest_of(self.experiment.shards)
        if "validation" not in whole.splits:
            return {}
        report = evaluation.evaluate(
            self.loop.objective,
            self.loop.averaged,
            self.strategy,
            clip_dataset.open_split(
                self.experiment.shards,
                "validation",
                self.experiment.input.as_stored,
            ),
            self.experiment.input.as_stored,
            self.config.batch_size,
        )
        numbers = {
            f"validation/{name}": value
            for name, value in report.items()
            if isinstance(value, float)
        }
        board.scalars(self.step, numbers)
        if "confusion" in report:
            picture = reports.confusion_picture(
                np.array(report["confusion"]), self.manifest.labels
            )
            board.picture(self.step, "validation/confusion", picture)
        shown = "  ".join(f"{k} {v:.4f}" for k, v in numbers.items())
        print(f"step {self.step}  {shown}", flush=True)
        return report

    def _say_what_comes(self) -> None:
        parameters = sum(
            network.count_params()
            for network in self.loop.objective.networks.values()
        )
        print(
            f"{self.data.clips} training clips, "
            f"{len(self.manifest.labels)} labels; {parameters:,} parameters; "
            f"{self.strategy.num_replicas_in_sync} replica(s); "
            f"steps {self.step} to {self.config.steps} of "
            f"{self.config.batch_size} clips; into {self.workdir}",
            flush=True,
        )

    def _stop(self, number: int, _: Any) -> None:
        if self.told_to_stop:  # The second time at once.
            raise KeyboardInterrupt
        self.told_to_stop = number
