"""One training run while it lasts: steps, checkpoints, evaluations, stops."""

import dataclasses
import math
import pathlib
import signal
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from launch.reporting import reports
from launch.runs import (
    checkpoints,
    devices,
    initial_weights,
    label_checks,
    run_facts,
    run_folder,
)
from launch.runs import (
    experiment as experiments,
)
from launch.training import (
    best_step,
    evaluation,
    step_values,
    train_loop,
    validation,
)
from pipelines import clip_dataset
from pipelines.reading import clip_order, damaged_records
from tfrecords_tools import manifest
from tfrecords_tools.base import atomic_write, errors, interrupt
from video_models import objective as objectives
from video_models.classification import label_axes
from video_models.optimization import optimizers

_AFTER_ALARM = 1_000_003  # Added to the seed; no two runs have such seeds.
_MOST_RESTARTS = 3


def run(
    experiment: experiments.Experiment, workdir: str | pathlib.Path
) -> dict[str, Any]:
    """Trains to the end, from the newest checkpoint if there is one.

    Args:
        experiment: the settings.
        workdir: gets checkpoints/, tensorboard/ and losses.csv.

    Returns:
        The report on the validation split; empty where there is none.

    Raises:
        UserError: wrong input; another run writes there; a loss that is
            not finite.
        SystemExit: SIGTERM or Ctrl-C came; a checkpoint was written.
    """
    with run_folder.claimed(workdir, experiment.devices):
        return Run(experiment, workdir).to_the_end()


def build_loop(
    experiment: experiments.Experiment,
    shards: manifest.Manifest,
    strategy: tf.distribute.Strategy,
) -> train_loop.TrainLoop:
    """The loop that takes the steps of an experiment, with fresh networks."""
    task = experiment.task(shards)
    return train_loop.TrainLoop(
        lambda: experiment.build_objective(task),
        strategy,
        experiment.train,
        devices.compiles(experiment.devices),
        lambda gradients, variables: optimizers.penalty_gradients(
            experiment.optimizer, gradients, variables
        ),
        experiment.reader.on_corrupt == "skip",
    )


class Run:
    """See `run`, which makes one and takes it to its end."""

    def __init__(
        self, experiment: experiments.Experiment, workdir: str | pathlib.Path
    ):
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
        self.logs = run_folder.of_host(workdir, host)
        self.loop = build_loop(experiment, self.manifest, self.strategy)
        self.facts["taught_by"] = self.loop.objective.taught_by
        if self.step:
            run_facts.check_teacher(then, self.facts, workdir)
        self.loop.objective.check_input()
        self.watch = best_step.Watch()
        self.owes_evaluation = False  # Of the step that was restored.
        self.alarm: str | None = None  # Of the last evaluation.
        self.restarts = 0  # After alarms.
        if self.step:
            self._restore(then)
            self.restarts = then.get("restarts", 0)
        elif experiment.init.weights:
            self._load_weights()
        # Whether nothing better came for long.
        self.is_over = self.watch.is_over(self.config.patience)
        self.validation = validation.Validation(
            experiment.shards,
            experiment.input.as_stored,
            self.config.batch_size,
            self.strategy,
        )
        self.validation.check(self.loop, self.config)
        self.doubts = self._doubts()
        self.values = self._fresh_values()
        self.told_to_stop = 0  # The number of the signal that came here.
        self.stopped = 0  # The same, once all hosts know of it.

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
            self._seed,
            self.step,
            self.experiment.reader.block,
        )
        return turns.take(share.host_batch * self.loop.steps_at_once(self.step))

    def _to_the_end(self) -> dict[str, Any]:
        self._say_what_comes()
        board = reports.Board(self.logs / "tensorboard")
        batches = self._batches()
        if not self.step:
            self._show_clips(board)
        before = {
            number: signal.signal(number, self._stop)
            for number in interrupt.stop_signals()
        }
        try:
            report = self._take_steps(batches, board)
            self.values.flush()
            self._save()
            if not (report or self.stopped):  # It was at its end before.
                report = self._evaluate(board)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self.values.say_skipped()
        if self.stopped:
            print(f"stopped at step {self.step}; the same command goes on")
            raise SystemExit(128 + self.stopped)
        self._say_best()
        return report

    def _take_steps(
        self, batches: Iterator, board: reports.Board
    ) -> dict[str, Any]:
        """Steps until the end, or a stop; the last report, if the end's."""
        config, report = self.config, {}
        progress = reports.Progress(self.step, config.steps)
        if self.owes_evaluation:
            report = self._evaluate(board)
            if self._alarmed():
                batches, report = self._start_again(), {}
        while self.step < config.steps and not (self.stopped or self.is_over):
            values = self.loop.execute(batches, self.step)
            first = self.step
            self.step += self.loop.steps_at_once(first)
            self.values.add(first, values)
            done = self.step == config.steps
            if done or self._passed(first, config.log_every):
                means = self.values.flush()
                board.scalars(self.step, means | self._rates())
                progress.show(self.step, means)
            self.owes_evaluation = done or self._passed(
                first, config.evaluate_every
            )
            if done or self._passed(first, config.checkpoint_every):
                self.values.flush()
                self._save()
            report = self._evaluate(board) if self.owes_evaluation else {}
            if self._alarmed():
                batches, report = self._start_again(), {}
                continue
            if not done:
                self._hear_of_stops(first)
        return report

    def _batches(self) -> Iterator:
        share = evaluation.share_of(self.strategy, self.config.batch_size)
        data = self.strategy.distribute_datasets_from_function(
            lambda _: clip_dataset.training(
                self.data,
                self.experiment.input,
                share,
                self._seed,
                self.step,
            )
        )
        return iter(data)

    @property
    def _seed(self) -> int:
        """Of the order and of all draws; another one after each alarm."""
        return self.config.seed + _AFTER_ALARM * self.restarts

    def _fresh_values(self) -> step_values.StepValues:
        return step_values.StepValues(
            reports.LossLog(self.logs / "losses.csv", self.step),
            self.config.batch_size,
            self.data.folder,
            lambda: max(self.saved.steps(), default=None),
        )

    def _restore(self, facts: dict[str, Any]) -> None:
        """The state of the checkpoint of `step`, and what it remembers."""
        self.saved.restore(self.step, self.loop.state)
        self.watch = best_step.Watch(**facts.get("watch", {}))
        self.owes_evaluation = facts.get("owes_evaluation", False)

    def _alarmed(self) -> bool:
        """Whether to start again; see `--train.on_alarm`.

        Raises:
            UserError: the run is to end, or was started again too often.
        """
        if self.alarm is None:
            return False
        good = self.saved.best()
        kept = f"the last good checkpoint is step {good}"
        kept = kept if good is not None else "no checkpoint was good before"
        text = f"step {self.step}: {self.alarm}; {kept}"
        if self.config.on_alarm == "stop" or good is None:
            way = "--train.on_alarm=restart to go on from it with other draws"
            raise errors.UserError(
                f"{text}. Lower --learning_rate.base"
                + (f", or give {way}" if good is not None else "")
            )
        if self.restarts == _MOST_RESTARTS:
            raise errors.UserError(
                f"{text}; started again {self.restarts} times already"
            )
        print(f"alarm at {text}: started again from it", flush=True)
        return True

    def _start_again(self) -> Iterator:
        """Back to the last good checkpoint; other batches from there."""
        self.alarm, self.step = None, self.saved.best()
        facts = self.saved.facts(self.step)
        self._restore(facts)
        self.is_over = self.watch.is_over(self.config.patience)
        self.restarts = max(self.restarts, facts.get("restarts", 0)) + 1
        self.largest(0)  # No worker is to read what the first one changes now.
        if self.is_chief:
            self.saved.remove_after(self.step)
            self.saved.update_facts(self.step, self._facts())
        self.values = self._fresh_values()
        return self._batches()

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

    def _rates(self) -> dict[str, float]:
        """The learning rate of each player now."""
        return {
            f"learning_rate/{player.name}": float(
                player.optimizer.learning_rate
            )
            for player in self.loop.objective.players
        }

    def _passed(self, first: int, every: int | None) -> bool:
        return every is not None and self.step // every > first // every

    def _save(self) -> None:
        networks = self.loop.objective.networks
        self.values.check_weights(networks, self.step)
        if self.is_chief:
            state, names = self.loop.state, self.loop.names
            self.saved.save(self.step, state, self._facts(), names)

    def _facts(self) -> dict[str, Any]:
        return self.facts | {
            "watch": dataclasses.asdict(self.watch),
            "owes_evaluation": self.owes_evaluation,
            "restarts": self.restarts,
        }

    def _evaluate(self, board: reports.Board) -> dict[str, Any]:
        """Measures, and keeps the checkpoint where it is the best so far."""
        samples = self.workdir / "samples" if self.is_chief else None
        report = self.validation.report(self.loop, board, self.step, samples)
        goal = self.loop.objective
        self.alarm = goal.alarm(report) if report else None
        never = type(goal).alarm is objectives.Objective.alarm
        good = None if never else self.alarm is None
        if report:
            self.watch = self.watch.after(
                self.step, report, self.config.watch, good
            )
            over = self.watch.is_over(self.config.patience)
            self.is_over = bool(self.largest(int(over)))
        # A collapsed step is judged again by whoever goes on from it.
        self.owes_evaluation = good is False
        is_best = self.watch.step == self.step
        if is_best:
            self.values.flush()
            self._save()
        if self.is_chief and self.step in self.saved.steps():
            self.saved.update_facts(self.step, self._facts())
            if is_best:
                told = {"name": self.watch.name, "value": self.watch.value}
                self.saved.mark_best(self.step, told)
        return report

    def _hear_of_stops(self, first: int) -> None:
        """Sets `stopped` on all workers at the same step, or on none.

        They agree now and then only, since asking costs them a round trip.
        """
        if self.hosts == 1:
            self.stopped = self.told_to_stop
        elif self._passed(first, self.config.log_every):
            self.stopped = self.largest(self.told_to_stop)

    def _load_weights(self) -> None:
        """Other weights to start from; see `initial_weights`."""
        with self.strategy.scope():
            found = initial_weights.load(
                self.experiment.init,
                self.loop.objective.networks,
                self.experiment.parts,
                label_axes.sets_of(self.experiment.task(self.manifest)),
            )
        self.loop.begin()
        print(found.summary(), flush=True)
        if self.is_chief:
            path = self.workdir / "init_report.txt"
            with atomic_write.file(path, "w") as stream:
                stream.write(found.text())

    def _doubts(self) -> list[str]:
        """What makes the figures to come worth little.

        Raises UserError where a run begins of which nothing can be learnt;
        one that was begun may end.
        """
        made = self.validation.about()
        try:
            shards = self.experiment.shards
            return label_checks.warnings(self.loop.objective, made, shards)
        except errors.UserError as error:
            if not self.step:
                raise
            return [str(error)]

    def _say_what_comes(self) -> None:
        networks = self.loop.objective.networks.values()
        parameters = sum(network.count_params() for network in networks)
        trained = sum(
            math.prod(variable.shape)
            for network in networks
            for variable in network.trainable_variables
        )
        print(
            f"{self.data.clips} training clips, "
            f"{len(self.manifest.labels)} labels; {parameters:,} parameters, "
            f"{trained:,} of them trained; "
            f"{self.strategy.num_replicas_in_sync} replica(s); "
            f"steps {self.step} to {self.config.steps} of "
            f"{self.config.batch_size} clips; into {self.workdir}",
            flush=True,
        )
        if self.is_chief:
            for each in self.doubts:
                print(f"warning: {each}", flush=True)

    def _say_best(self) -> None:
        if self.watch.step is None:
            return
        if self.is_over and self.step < self.config.steps:
            print(
                f"stopped early at step {self.step} of {self.config.steps}: "
                f"{self.watch.since} evaluations brought nothing better; a "
                "larger --train.patience goes on"
            )
        if self.watch.step != self.step:
            print(
                f"best: {self.watch.told()}; launch.evaluate and "
                "launch.export take it with --checkpoint=best"
            )

    def _stop(self, number: int, _: Any) -> None:
        if self.told_to_stop:  # The second time at once.
            raise KeyboardInterrupt
        self.told_to_stop = number
