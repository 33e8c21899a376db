"""Runs of networks that read."""

import pytest

from launch.runs import run_flags
from launch.training import training_run
from pipelines.text import text_lengths
from tests.tfrecords_tools.fixtures import written_shards
from tfrecords_tools.base import errors, flags


def test_run_refuses_texts_that_it_would_truncate(tmp_path):
    def tell(record):
        record["caption"] = "a b c"

    told = written_shards.write(
        tmp_path / "shards",
        change=tell,
        vocabulary=("a", "b", "c"),
        settings={"media": {}, "words": {"kind": "words"}},
    )
    arguments = [
        f"--shards={told}",
        f"--workdir={tmp_path / 'run'}",
        "--modalities=text",
        "--text.tokens=words",
        "--text.length=4",
        "--train.steps=1",
        "--train.batch_size=4",
    ]
    resolved = flags.parse(run_flags.COMMAND, arguments)
    with pytest.raises(errors.UserError, match="--text.length=5"):
        training_run.run(run_flags.to_experiment(resolved), tmp_path / "run")
    given = run_flags.to_experiment(
        flags.parse(run_flags.COMMAND, [*arguments, "--text.truncate"])
    )
    text_lengths.check(given.input, str(told), is_new=True)
