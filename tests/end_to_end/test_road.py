"""The whole road on rendered videos, command by command, in little."""

import json
import subprocess
import sys

import pytest

from tests.launch import loop_run


def _run(module: str, *flags: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *flags],
        cwd=loop_run.ROOT,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_videos_become_predictions(tmp_path):
    videos, shards = tmp_path / "videos", tmp_path / "shards"
    run, export = tmp_path / "run", tmp_path / "export"
    _run(
        "tfrecords_tools.build_shards",
        "--source=demo",
        f"--input={videos}",
        f"--output={shards}",
        "--demo.train_clips=32",
        "--demo.validation_clips=16",
    )
    _run("tfrecords_tools.check_shards", f"--shards={shards}")
    _run(
        "launch.train",
        "--flagfile=launch/recipes/demo.flagfile",
        f"--shards={shards}",
        f"--workdir={run}",
        "--train.steps=4",
        "--train.batch_size=8",
    )
    table = _run("launch.evaluate", f"--workdir={run}", "--evaluate.views=2")
    assert "counter_clockwise" in table
    metrics = json.loads((run / "metrics.json").read_text())["validation"]
    assert metrics["views"] == 2 and metrics["crops"] == 1
    assert {"accuracy", "top_5", "per_class", "confusion"} <= set(metrics)
    assert sum(map(sum, metrics["confusion"])) == 16
    _run("launch.export", f"--workdir={run}", f"--output={export}")
    answers = _run(
        "launch.predict",
        f"--model={export}",
        f"--videos={videos}/left",
        "--json",
    )
    rows = [json.loads(line) for line in answers.splitlines()]
    assert len(rows) == 6
    assert all(len(row["best"]) == 5 for row in rows)
