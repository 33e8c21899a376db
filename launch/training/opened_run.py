"""The state of a running training: data, networks and folder.

`open_run` checks everything that can be checked before the first step.
"""

import dataclasses
import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import tensorflow as tf

from launch.evaluation import evaluation, floors, readout_floor
from launch.features import cached_split, readout_fit, run_features
from launch.reporting import reports
from launch.runs import (
    checkpoints,
    devices,
    flag_paths,
    label_checks,
    run_folder,
    run_metadata,
    train_settings,
)
from launch.runs import experiment as experiments
from launch.training import run_state, train_loop, validation
from pipelines import clip_dataset
from pipelines.reading import clip_order, damaged_records, shard_reader
from pipelines.text import text_lengths
from tfrecords_tools.base import atomic_write, errors
from video_models.classification import label_axes
from video_models.pretrained import backbone_weights
from video_models.weights import initial_weights, recorded_metadata, report


@dataclasses.dataclass(frozen=True)
class OpenedRun:
    """The objects of a run that stay the same while it lasts.

    Attributes:
        experiment: the settings.
        workdir: folder of the run.
        strategy: of the devices.
        data: the training split.
        saved: the checkpoints in `workdir`.
        metadata: stored in every checkpoint, see `run_metadata`.
        loop: holds the networks and takes the steps.
        validation: the validation split.
        shared_maximum: a collective, see `devices.shared_maximum`.
        start: the initial state, that of the newest checkpoint.
        warnings: about labels that make metrics unreliable.
        cached: features of the training clips, in place of their frames.
    """

    experiment: experiments.Experiment
    workdir: pathlib.Path
    strategy: tf.distribute.Strategy
    data: shard_reader.ShardReader
    saved: checkpoints.Checkpoints
    metadata: dict[str, Any]
    loop: train_loop.TrainLoop
    validation: validation.Validation
    shared_maximum: Callable[[int], int]
    start: run_state.RunState = run_state.RunState()
    warnings: tuple[str, ...] = ()
    cached: cached_split.CachedSplit | None = None

    @property
    def config(self) -> train_settings.Config:
        """The settings of the loop."""
        return self.experiment.train

    @property
    def hosts(self) -> int:
        """Number of hosts."""
        return devices.host_count_and_index(self.strategy)[0]

    @property
    def is_chief(self) -> bool:
        """Whether this host writes checkpoints."""
        return devices.host_count_and_index(self.strategy)[1] == 0

    @property
    def logs(self) -> pathlib.Path:
        """Folder for this host's logs."""
        host = devices.host_count_and_index(self.strategy)[1]
        return run_folder.host_folder(self.workdir, host)

    @property
    def _batch_shard(self) -> clip_dataset.BatchShard:
        return evaluation.local_batch_shard(
            self.strategy, self.config.batch_size
        )

    def batches(self, state: run_state.RunState) -> Iterator:
        """Iterates over the batches of all steps from `state` on."""
        when = self._batch_shard, state.seed(self.config.seed), state.step

        def local(_: tf.distribute.InputContext) -> tf.data.Dataset:
            if self.cached is not None:
                return self.cached.training(*when)
            return clip_dataset.training(
                self.data, self.experiment.input, *when
            )

        return iter(self.strategy.distribute_datasets_from_function(local))

    def samples_of_step(self, state: run_state.RunState) -> tf.data.Dataset:
        """The samples that the next steps after `state` read."""
        if self.experiment.reader.service:  # In no order.
            return damaged_records.all_indices(self.data)
        samples = clip_order.shuffled(
            self.data,
            self._batch_shard,
            state.seed(self.config.seed),
            state.step,
            self.experiment.reader.block,
        )
        steps = self.loop.steps_at_once(state.step)
        return samples.take(self._batch_shard.host_batch * steps)

    def show_clips(self, board: reports.Board) -> None:
        """Logs the first training clips as image strips, if it sees them."""
        given = self.experiment.input.without_service
        if not given.frames:
            return
        shard = clip_dataset.BatchShard(min(6, self.config.batch_size))
        data = clip_dataset.training(self.data, given, shard, self.config.seed)
        frames = next(iter(data))["frames"].numpy()
        board.image(0, "train/clips", reports.film_strips(frames))

    def solve(self, state: run_state.RunState) -> run_state.RunState:
        """Solves an objective without steps; returns the state after it."""
        if not self.experiment.objective.module.AT_ONCE:
            return state
        objective = self.loop.objective
        print(readout_fit.fit(self.experiment, objective, self.cached))
        self.loop.reset_averages()
        return state.after_steps(self.config.steps, self.config)

    def metadata_of(self, state: run_state.RunState) -> dict[str, Any]:
        """The metadata of a checkpoint of `state`."""
        return self.metadata | state.to_metadata()

    def save(self, state: run_state.RunState) -> None:
        """Writes the checkpoint of a state, on the first host."""
        if self.is_chief:
            variables, names = self.loop.state, self.loop.names
            metadata = self.metadata_of(state)
            self.saved.save(state.step, variables, metadata, names)

    def restore(self, step: int) -> run_state.RunState:
        """Restores all variables and returns the checkpoint's state."""
        metadata = recorded_metadata.upgrade(self.saved.metadata(step))
        self.saved.restore(step, self.loop.state)
        return run_state.RunState.from_metadata(
            step, metadata, self.config.patience
        )


def open_run(
    experiment: experiments.Experiment, workdir: str | pathlib.Path
) -> OpenedRun:
    """Opens data and networks, and restores the newest checkpoint.

    Args:
        experiment: the settings.
        workdir: folder of the run, locked by `run_folder.claimed`.

    Raises:
        UserError: settings, shards and checkpoints do not fit, or the labels
            cannot be learned from.
    """
    workdir = pathlib.Path(workdir)
    # First: creating tensors, as the reader does, initialises the devices.
    strategy = devices.start(experiment.devices)
    data = clip_dataset.open_split(experiment.shards, "train", experiment.input)
    saved = checkpoints.Checkpoints(
        workdir / "checkpoints", experiment.train.keep
    )
    metadata = run_metadata.gather(
        experiment.task(data.manifest),
        data.manifest,
        experiment.train.batch_size,
        devices.numerics(experiment.devices, strategy),
    )
    newest = max(saved.steps(), default=0)
    before = (
        recorded_metadata.upgrade(saved.metadata(newest)) if newest else None
    )
    if before:
        run_metadata.check(before, metadata, experiment.shards, workdir)
        experiment = dataclasses.replace(
            experiment,
            components=flag_paths.with_stored_weights(experiment.components),
        )
    shared_maximum = devices.shared_maximum(strategy)
    loop = train_loop.build(experiment, data.manifest, strategy)
    metadata["reference_fingerprint"] = loop.objective.reference_fingerprint
    if before:
        run_metadata.check_reference(before, metadata, workdir)
    loop.objective.check_input()
    run = OpenedRun(
        experiment,
        workdir,
        strategy,
        data,
        saved,
        metadata,
        loop,
        _open_validation(experiment, strategy),
        shared_maximum,
    )
    start = run_state.RunState()
    if newest:
        start = run.restore(newest)
    else:
        _load_weights(run)
    run.validation.check(loop, experiment.train)
    text_lengths.check(
        experiment.input.without_cache, experiment.shards, is_new=not newest
    )
    warnings = _label_warnings(run, is_new=not newest)
    run = dataclasses.replace(run, start=start, warnings=tuple(warnings))
    return _with_features(run) if experiment.train.cache_features else run


def _open_validation(
    experiment: experiments.Experiment,
    strategy: tf.distribute.Strategy,
    cached: cached_split.CachedSplit | None = None,
    measured: Sequence[floors.Floor] = floors.FLOORS,
) -> validation.Validation:
    return validation.Validation(
        experiment.shards,
        experiment.input.without_cache,
        experiment.train.batch_size,
        strategy,
        cached,
        measured,
    )


def _with_features(run: OpenedRun) -> OpenedRun:
    """Computes missing features; training and validation read them."""
    experiment, validated = run.experiment, None
    features = run_features.RunFeatures(
        experiment, run.loop.objective, run.loop.frozen, run.workdir
    )
    features.check(run.hosts)
    if "validation" in run.data.manifest.splits:
        validated = features.of_split("validation")
    cached = features.of_split("train")
    measured = floors.FLOORS
    if validated is not None and not experiment.objective.module.AT_ONCE:
        floor = readout_floor.build(
            experiment.shards, cached, validated, experiment.reader
        )
        measured = (*measured, floor)
    opened = _open_validation(experiment, run.strategy, validated, measured)
    return dataclasses.replace(run, cached=cached, validation=opened)


def _load_weights(run: OpenedRun) -> None:
    """Loads initial weights and records where they come from.

    Backbones have their own already, see `backbone_weights`.
    """
    experiment, said = run.experiment, []
    for kind, backbone in experiment.components.pretrained.items():
        said.append(backbone_weights.describe(backbone, kind))
        print(said[-1], flush=True)
    if experiment.init.weights:
        said.append(_load_initial(run).text())
    if said and run.is_chief:
        path = run.workdir / "init_report.txt"
        with atomic_write.file(path, "w") as stream:
            stream.write("\n".join(said))


def _load_initial(run: OpenedRun) -> report.Report:
    """Loads `--init.weights`, see `initial_weights`."""
    with run.strategy.scope():
        loaded = initial_weights.load(
            run.experiment.init,
            run.loop.objective.networks,
            run.experiment.components,
            label_axes.label_sets(run.experiment.task(run.data.manifest)),
        )
    run.loop.reset_averages()
    print(loaded.summary(), flush=True)
    return loaded


def _label_warnings(run: OpenedRun, is_new: bool) -> list[str]:
    """Warnings about labels that make the metrics unreliable.

    Raises:
        UserError: a new run cannot learn anything; a resumed run may finish.
    """
    shards, manifest = run.experiment.shards, run.validation.read_manifest()
    try:
        is_whole = run.experiment.reader.fold is None
        return label_checks.warnings(
            run.loop.objective, manifest, shards, is_whole
        )
    except errors.UserError as error:
        if is_new:
            raise
        return [str(error)]
