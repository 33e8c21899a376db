"""The whole road on rendered videos, command by command, in little.

In one process: that each command starts by itself, the pages show.
"""

import json

import pytest

from launch.commands import evaluate, export, predict, train
from tests.launch import loop_run
from tfrecords_tools import build_shards, check_shards
from tfrecords_tools.base import flags


def _run(command, *arguments: str) -> None:
    main = getattr(command, "main", None) or command.run
    main(flags.parse(command.COMMAND, list(arguments)))


@pytest.mark.slow
def test_videos_become_predictions(tmp_path, capsys):
    videos, shards = tmp_path / "videos", tmp_path / "shards"
    run, exported = tmp_path / "run", tmp_path / "export"
    _run(
        build_shards,
        "--source=demo",
        f"--input={videos}",
        f"--output={shards}",
        "--demo.train_clips=32",
        "--demo.validation_clips=16",
    )
    _run(check_shards, f"--shards={shards}")
    _run(
        train,
        f"--flagfile={loop_run.ROOT}/launch/recipes/demo.flagfile",
        f"--shards={shards}",
        f"--workdir={run}",
        "--train.steps=4",
        "--train.batch_size=8",
    )
    capsys.readouterr()
    _run(evaluate, f"--workdir={run}", "--evaluate.views=2")
    assert "counter_clockwise" in capsys.readouterr().out
    metrics = json.loads((run / "metrics.json").read_text())["validation"]
    assert metrics["views"] == 2 and metrics["crops"] == 1
    assert {"accuracy", "top_5", "per_class", "confusion"} <= set(metrics)
    assert sum(map(sum, metrics["confusion"])) == 16
    _run(export, f"--workdir={run}", f"--output={exported}")
    capsys.readouterr()
    _run(predict, f"--model={exported}", f"--videos={videos}/left", "--json")
    answers = capsys.readouterr().out
    rows = [json.loads(line) for line in answers.splitlines()]
    assert len(rows) == 6
    assert all(len(row["best"]) == 5 for row in rows)
