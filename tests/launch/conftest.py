"""One short real run, and its export, for all tests that need one."""

import pytest
import tensorflow as tf

from launch.commands import export, train
from launch.runs import run_flags
from launch.training import train_loop, validation
from tests.launch import causal_network
from tests.seeds import seeded  # noqa: F401
from tfrecords_tools.base import flags


def _command(module_command, main, *arguments: str) -> None:
    main(flags.parse(module_command, list(arguments)))


def _trained(shards, workdir, *more: str):
    _command(
        run_flags.COMMAND,
        train.main,
        f"--shards={shards}",
        f"--workdir={workdir}",
        "--train.batch_size=4",
        "--clip.frames=4",
        "--clip.size=16",
        *more,
    )
    return workdir


@pytest.fixture(scope="session")
def trained(toy_shards, tmp_path_factory):
    """Folder of a run of 12 steps."""
    return _trained(
        toy_shards,
        tmp_path_factory.mktemp("trained"),
        "--train.steps=12",
        "--train.ema_decay=0.9",
        "--backbone=frame_conv",
        "--backbone.widths=8,16",
    )


@pytest.fixture(scope="session")
def classifier(toy_shards, tmp_path_factory):
    """Folder of the run of another classifier, of one step."""
    return _trained(
        toy_shards,
        tmp_path_factory.mktemp("classifier"),
        "--train.steps=1",
        "--backbone.widths=4,8",
        "--temporal=none",
    )


@pytest.fixture(scope="session")
def exported(trained, tmp_path_factory):
    """Folder of its export, version 1."""
    output = tmp_path_factory.mktemp("export")
    _command(
        export.COMMAND,
        export.main,
        f"--workdir={trained}",
        f"--output={output}",
    )
    return output


@pytest.fixture(scope="session")
def exported_stream(tmp_path_factory):
    """Folder of the export of a causal network, with chunks of 2 frames."""
    return causal_network.export(tmp_path_factory.mktemp("export_stream"))


@pytest.fixture
def no_steps(monkeypatch):
    """Neither steps nor evaluations: they change and cost nothing."""

    def execute(self, batches, step):
        return {"loss": tf.zeros(self.steps_at_once(step))}

    def report(self, loop, board, step, samples=None):
        return {}

    monkeypatch.setattr(train_loop.TrainLoop, "execute", execute)
    monkeypatch.setattr(validation.Validation, "report", report)
