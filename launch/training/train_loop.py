"""Runs the steps of any objective on any strategy.

One step: each active player computes its gradients on every replica (forward
and backward compiled if XLA is on); the gradients are summed over the replicas,
clipped and applied; then what follows the networks is updated, last the
averaged copies. Data, checkpoints and reports are handled in training_run.
"""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from launch.runs import devices, train_settings
from launch.runs import experiment as experiments
from launch.training import averaging, gradients, recomputation
from tfrecords_tools import manifest
from tfrecords_tools.base import errors
from video_models import objective as objectives
from video_models.introspection import keras_internals, layer_paths
from video_models.optimization import freezing, optimizers

SKIPPED = "skipped"

Config = train_settings.Config


class TrainLoop:
    """Takes training steps.

    Attributes:
        averaged: for evaluation: the averaged copies, by the names of their
            networks, and the networks that the objective leaves unaveraged.
        frozen: variables that no step changes.
        state: name to variables, the contents of a checkpoint.
        names: names of the variables of the averaged copies.
    """

    def __init__(
        self,
        make_objective: Callable[[], objectives.Objective],
        strategy: tf.distribute.Strategy,
        config: Config,
        xla: bool = False,
        penalty: Callable[[list, list], list] = lambda slopes, variables: (
            slopes
        ),
        counts_skipped: bool = False,
    ):
        """Builds the networks, their averages and the optimizers' state.

        Args:
            make_objective: called once, within the strategy's scope.
            strategy: any of tf.distribute.
            config: of the loop.
            xla: whether to compile the forward and backward passes.
            penalty: (gradients, variables) -> gradients, applied to the
                gradients summed over replicas.
            counts_skipped: whether steps also return `SKIPPED`, the number of
                clips in the global batch whose mask is 0.

        Raises:
            UserError: the settings exclude one another.
        """
        self._strategy, self._config, self._xla = strategy, config, xla
        self._penalty, self._counts_skipped = penalty, counts_skipped
        with strategy.scope():
            keras.utils.set_random_seed(config.seed)
            self.objective = make_objective()
            networks = self.objective.networks
            self.frozen = freezing.freeze(networks, config.freeze)
            self._averages = averaging.Averages(
                self._averaged_networks(),
                config.ema_decay,
                self._average_from(),
                self.frozen,
            )
            self.averaged = {**networks, **self._averages.copies}
            self._build_optimizers()
        if config.remat == "blocks":
            for network in networks.values():
                recomputation.recompute_blocks(network)
        self.state = self._collect_state()
        self.names = {
            f"average_{name}": layer_paths.names(network)
            for name, network in self.averaged.items()
        }
        self._gradients = {
            player.name: gradients.build_gradient_function(
                self.objective,
                player.name,
                self._variables(player),
                config.batch_size,
                config.accumulation_steps,
                xla,
            )
            for player in self.objective.players
        }
        self._executions: dict[tuple, Callable] = {}
        self._value_names: dict[tuple, list[str]] = {}
        train_settings.check(
            config, self.objective, strategy.num_replicas_in_sync, xla
        )

    def reset_averages(self) -> None:
        """Restarts the averages after loading other weights."""
        with self._strategy.scope():
            self._averages.reset(self._averaged_networks())

    def steps_at_once(self, step: int) -> int:
        """The number of steps that `execute` takes from `step` on."""
        left = self._config.steps - step
        return max(1, min(self._config.steps_per_execution, left))

    def execute(self, batches: Iterator, step: int) -> dict[str, tf.Tensor]:
        """Takes `steps_at_once(step)` steps.

        Args:
            batches: iterator over the strategy's distributed batches.
            step: the first step, from 0.

        Returns:
            Name to float32 [steps]: each loss, its mean over the global
            batch; the share of clips that are right, of an objective that
            tells; and the norm of each player's gradients.
        """
        count = self.steps_at_once(step)
        active = tuple(
            player.name
            for player in self.objective.players
            if step % player.every == 0
        )
        key = (active, count)
        if key not in self._executions:
            self._executions[key] = self._trace(active, count)
        values = self._executions[key](batches, tf.constant(step, tf.int64))
        columns = tf.unstack(values, axis=1)
        return dict(zip(self._value_names[active], columns, strict=True))

    @tf.autograph.experimental.do_not_convert
    def replica_step(
        self, active: tuple[str, ...], batch: dict, step: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """One step on one replica; call it through `strategy.run`.

        Args:
            active: names of the active players, in order.
            batch: see `pipelines.batch`, of this replica.
            step: int64 [].

        Returns:
            Name to float32 []: losses and gradient norms, equal on all
            replicas.
        """
        values = {}
        for player in self.objective.players:
            if player.name in active:
                for repeat in range(player.repeats):
                    values |= self._move(player, repeat, batch, step)
        self._average_statistics()
        self.objective.follow(step)
        self._averages.update(step)
        if self._counts_skipped:
            context = tf.distribute.get_replica_context()
            local = tf.reduce_sum(1.0 - batch["mask"])
            total = tf.distribute.ReduceOp.SUM
            values[SKIPPED] = context.all_reduce(total, local)
        return values

    def _move(
        self, player: objectives.Player, repeat: int, batch: dict, step
    ) -> dict[str, tf.Tensor]:
        context = tf.distribute.get_replica_context()
        replica = tf.cast(context.replica_id_in_sync_group, tf.int32)
        fold = tf.random.experimental.stateless_fold_in
        number = self.objective.players.index(player) * 1000 + repeat
        seed = tf.constant([self._config.seed, number], tf.int64)
        seed = fold(fold(seed, step), replica)
        slopes, losses = self._gradients[player.name](
            batch, seed, step, replica
        )
        slopes, losses = context.all_reduce(
            tf.distribute.ReduceOp.SUM, [slopes, losses]
        )
        variables = self._variables(player)
        norm = tf.linalg.global_norm(slopes)
        if self._config.clip_norm is not None:
            slopes, _ = tf.clip_by_global_norm(
                slopes, self._config.clip_norm, use_norm=norm
            )
        slopes = self._penalty(slopes, variables)
        player.optimizer.apply(slopes, variables)
        single = len(self.objective.players) == 1
        prefix = "" if single else f"{player.name}/"
        losses = gradients.with_hit_rates(losses)
        values = {**losses, "gradient_norm": norm}
        return {f"{prefix}{name}": value for name, value in values.items()}

    def _average_statistics(self) -> None:
        """Averages the BatchNorm statistics over all replicas."""
        if self._strategy.num_replicas_in_sync == 1:
            return
        frozen = {id(variable) for variable in self.frozen}
        gathered = [
            variable
            for network in self._averaged_networks().values()
            for variable in network.non_trainable_variables
            if variable.dtype.startswith("float") and id(variable) not in frozen
        ]
        if gathered:
            # Read into tensors: reducing a variable fails on workers.
            means = tf.distribute.get_replica_context().all_reduce(
                tf.distribute.ReduceOp.MEAN,
                [tf.identity(variable.value) for variable in gathered],
            )
            for variable, mean in zip(gathered, means, strict=True):
                variable.assign(mean)

    def _trace(self, active: tuple[str, ...], count: int) -> Callable:
        def one(batches, step):
            values = self._strategy.run(
                self.replica_step, args=(active, next(batches), step)
            )
            self._value_names[active] = list(values)
            local = self._strategy.experimental_local_results
            return tf.stack([local(value)[0] for value in values.values()])

        @tf.function
        def all_of_them(batches, step):
            if count == 1:  # A loop would only cost tracing time.
                return one(batches, step)[None]
            rows = tf.TensorArray(tf.float32, count)
            for i in tf.range(count):
                later = step + tf.cast(i, tf.int64)
                rows = rows.write(i, one(batches, later))
            return rows.stack()

        return all_of_them

    def _variables(self, player: objectives.Player) -> list:
        return [
            variable
            for name in player.networks
            for variable in self.objective.networks[name].trainable_variables
        ]

    def _build_optimizers(self) -> None:
        for player in self.objective.players:
            variables = self._variables(player)
            if not variables:
                raise errors.UserError(
                    f"--train.freeze={','.join(self._config.freeze)} leaves "
                    f"nothing to train in {', '.join(player.networks)}"
                )
            networks = [self.objective.networks[n] for n in player.networks]
            optimizers.build_slots(player.optimizer, networks, variables)
            # A test of two replicas against one device holds this.
            keras_internals.leave_gradients_unsummed(player.optimizer)

    def _averaged_networks(self) -> dict[str, keras.Model]:
        return {
            name: network
            for name, network in self.objective.networks.items()
            if name not in self.objective.unaveraged
        }

    def _average_from(self) -> int | None:
        fraction = self._config.average_from
        return None if fraction is None else int(fraction * self._config.steps)

    def _collect_state(self) -> dict[str, list[Any]]:
        state = {}
        for name, network in self._averaged_networks().items():
            state[f"network_{name}"] = list(network.variables)
        # Readers of weights look for these: an unaveraged network is stored
        # once.
        for name, network in self.averaged.items():
            state[f"average_{name}"] = list(network.variables)
        for player in self.objective.players:
            variables = list(player.optimizer.variables)
            state[f"optimizer_{player.name}"] = variables
        for name, variables in self.objective.extra_state.items():
            state[f"extra_{name}"] = list(variables)
        return state


def build(
    experiment: experiments.Experiment,
    shards: manifest.Manifest,
    strategy: tf.distribute.Strategy,
) -> TrainLoop:
    """The loop of an experiment, with fresh networks.

    Args:
        experiment: the settings.
        shards: manifest of the shards.
        strategy: any of tf.distribute.
    """
    task = experiment.task(shards)
    return TrainLoop(
        lambda: experiment.build_objective(task),
        strategy,
        experiment.train,
        devices.compiles(experiment.devices),
        lambda gradients, variables: optimizers.penalty_gradients(
            experiment.optimizer, gradients, variables
        ),
        experiment.reader.on_corrupt == "skip",
    )
