"""Runs the train loop in a process of its own and prints what it did.

Devices are set up once a process, so every strategy gets its own.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]


@dataclasses.dataclass(frozen=True)
class Trial:
    """What to run."""

    objective: str = "classification"
    strategy: str = "one"
    replicas: int = 1
    xla: str = "off"
    steps: int = 20
    dropout: float = 0.0
    norm: str = "layer"
    clip_norm: float | None = None
    parts: int = 1
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


def start(trial: Trial, environment: dict | None = None) -> subprocess.Popen:
    """Begins a trial in a new process."""
    return subprocess.Popen(
        [sys.executable, __file__, json.dumps(dataclasses.asdict(trial))],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result(process: subprocess.Popen) -> dict:
    """Its losses, a row a step, and a hash of its final weights."""
    output, errors = process.communicate(timeout=280)
    assert process.returncode == 0, errors[-4000:]
    return json.loads(output.splitlines()[-1])


def run(**settings) -> dict:
    """Runs one trial to its end."""
    return result(start(Trial(**settings)))


def _main(trial: Trial) -> None:
    import keras
    import numpy as np
    import tensorflow as tf

    from launch import devices, evaluation, train_loop
    from tests.launch import toy_objectives
    from video_models import optimizers

    def make_optimizer():
        if trial.with_care:
            config = optimizers.Config(name="lion", layer_decay=0.7)
            return optimizers.build(config, trial.learning_rate)
        return keras.optimizers.AdamW(trial.learning_rate)

    strategy = devices.start(
        devices.Config(
            strategy=trial.strategy,
            xla=trial.xla,
            threads=1,
            logical_cpus=trial.replicas if trial.replicas > 1 else None,
        )
    )
    make = {
        "classification": lambda: toy_objectives.classification(
            make_optimizer, trial.norm, trial.dropout
        ),
        "two_players": lambda: toy_objectives.TwoPlayers(make_optimizer),
        "gathering": lambda: toy_objectives.Gathering(make_optimizer),
        "dropping": lambda: toy_objectives.Dropping(make_optimizer),
    }[trial.objective]
    config = train_loop.Config(
        steps=trial.steps,
        batch_size=8,
        clip_norm=trial.clip_norm,
        parts=trial.parts,
        steps_per_execution=trial.steps_per_execution,
        **toy_objectives.WITH_CARE if trial.with_care else {},
    )
    loop = train_loop.TrainLoop(make, strategy, config, trial.xla == "on")
    share = evaluation.share_of(strategy, config.batch_size)
    clips = toy_objectives.clips(config.batch_size)

    def dataset(_):
        positions = tf.data.Dataset.range(tf.int64.max).map(share.position)
        count = len(clips["label"])
        own = positions.map(
            lambda i: {k: tf.gather(v, i % count) for k, v in clips.items()}
        )
        return own.batch(share.replica_batch, drop_remainder=True)

    batches = iter(strategy.distribute_datasets_from_function(dataset))
    rows, step = [], 0
    while step < trial.steps:
        values = loop.execute(batches, step)
        step += loop.steps_at_once(step)
        table = np.stack([v.numpy() for v in values.values()], axis=1)
        rows += table.tolist()
    weights = [v.numpy() for group in loop.state.values() for v in group]
    digest = hashlib.sha256(b"".join(w.tobytes() for w in weights))
    names = list(values)
    print(
        json.dumps(
            {"names": names, "rows": rows, "weights": digest.hexdigest()}
        )
    )


if __name__ == "__main__":
    _main(Trial(**json.loads(sys.argv[1])))
