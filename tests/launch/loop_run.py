"""Runs train loops in other processes, and tells what they did.

Devices are set up once a process, so every strategy gets its own; trials that
want the same devices follow one another in one.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import socket

from tests import forked

ROOT = pathlib.Path(__file__).parents[2]


@dataclasses.dataclass(frozen=True)
class Trial:
    """What to run."""

    objective: str = "classification"
    xla: str = "off"
    steps: int = 20
    dropout: float = 0.0
    norm: str = "layer"
    clip_norm: float | None = None
    accumulation_steps: int = 1
    steps_per_execution: int = 1
    learning_rate: float = 1e-3
    with_care: bool = False
    """Rates by depth, a frozen layer, blocks computed again, even averages."""


def cluster(workers: int) -> list[dict[str, str]]:
    """The environment of each worker of a cluster on this machine."""
    ports = []
    for _ in range(workers):
        with socket.socket() as listener:
            listener.bind(("localhost", 0))
            ports.append(listener.getsockname()[1])
    hosts = {"worker": [f"localhost:{port}" for port in ports]}
    tasks = [{"type": "worker", "index": index} for index in range(workers)]
    return [
        {"TF_CONFIG": json.dumps({"cluster": hosts, "task": task})}
        for task in tasks
    ]


class Process:
    """One that has its devices, and waits for trials on them."""

    def __init__(self, strategy="one", replicas=1, environment=None):
        self._trials, theirs = forked.Pipe()
        self._process = forked.Process(
            _main,
            strategy,
            replicas,
            theirs,
            env={**os.environ, **(environment or {})},
        )
        theirs.close()

    def begin(self, trial: Trial) -> None:
        """Asks for a trial; several may be on their way."""
        self._trials.send(trial)

    def result(self) -> dict:
        """Losses of the next trial, a row a step; a hash of its weights."""
        try:
            assert self._trials.poll(280)
            return self._trials.recv()
        except (AssertionError, EOFError) as error:
            self._process.kill()
            _, complaint = self._process.communicate(10)
            raise AssertionError(complaint[-4000:]) from error

    def run(self, **settings) -> dict:
        """The result of one trial."""
        self.begin(Trial(**settings))
        return self.result()

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.communicate(10)


def _main(name: str, replicas: int, trials) -> None:
    from launch.runs import devices

    strategy = devices.start(
        devices.Config(
            strategy=name,
            threads=1,
            logical_cpus=replicas if replicas > 1 else None,
        )
    )
    while True:
        trials.send(_try(strategy, trials.recv()))


def _try(strategy, trial: Trial) -> dict:
    import keras
    import numpy as np
    import tensorflow as tf

    from launch.evaluation import evaluation
    from launch.training import train_loop
    from tests.launch import toy_objectives
    from video_models.optimization import optimizers

    keras.backend.clear_session()

    def make_optimizer():
        if trial.with_care:
            config = optimizers.Config(name="lion", layer_decay=0.7)
            return optimizers.build(config, trial.learning_rate)
        return keras.optimizers.AdamW(trial.learning_rate)

    make = {
        "classification": lambda: toy_objectives.classification(
            make_optimizer, trial.norm, trial.dropout
        ),
        "two_players": lambda: toy_objectives.TwoPlayers(make_optimizer),
        "following": lambda: toy_objectives.Following(make_optimizer),
        "modalities": lambda: toy_objectives.modalities(make_optimizer),
        "audio_video": lambda: toy_objectives.audio_video(make_optimizer),
        "gan": lambda: toy_objectives.gan(make_optimizer),
        "super_resolution": lambda: toy_objectives.super_resolution(
            make_optimizer
        ),
        "style_transfer": lambda: toy_objectives.style_transfer(make_optimizer),
        "dropping": lambda: toy_objectives.Dropping(make_optimizer),
    }[trial.objective]
    config = train_loop.Config(
        steps=trial.steps,
        batch_size=8,
        clip_norm=trial.clip_norm,
        accumulation_steps=trial.accumulation_steps,
        steps_per_execution=trial.steps_per_execution,
        **toy_objectives.WITH_CARE if trial.with_care else {},
    )
    loop = train_loop.TrainLoop(make, strategy, config, trial.xla == "on")
    batch_shard = evaluation.local_batch_shard(strategy, config.batch_size)
    clips = toy_objectives.clips(config.batch_size)

    def dataset(_):
        positions = tf.data.Dataset.range(tf.int64.max).map(
            batch_shard.position
        )
        count = len(clips["label"])
        own = positions.map(
            lambda i: {k: tf.gather(v, i % count) for k, v in clips.items()}
        )
        return own.batch(batch_shard.replica_batch, drop_remainder=True)

    batches = iter(strategy.distribute_datasets_from_function(dataset))
    rows, step = [], 0
    while step < trial.steps:
        values = loop.execute(batches, step)
        step += loop.steps_at_once(step)
        table = np.stack([v.numpy() for v in values.values()], axis=1)
        rows += table.tolist()
    weights = [v.numpy() for group in loop.state.values() for v in group]
    digest = hashlib.sha256(b"".join(w.tobytes() for w in weights))
    return {
        "names": list(values),
        "rows": rows,
        "weights": digest.hexdigest(),
    }
