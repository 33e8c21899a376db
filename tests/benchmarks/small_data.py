"""Command: what a recipe learns from a few labelled clips.

    python -m tests.benchmarks.small_data --labels=labels.csv \
        --group=source_group --recipe=launch/recipes/small_real.flagfile \
        --build=--media.short_side=96 \
        --evaluate=--evaluate.views=3,--evaluate.crops=3

Every clip is asked about once a seed, by a network that saw no clip of its
source: `launch.train --cross_validate`. The floor is the nearest neighbour by
the metadata of the video files, over the same folds; the metadata in shards,
where frames are scaled, give the floor that launch.train prints.
"""

import csv
import dataclasses
import json
import pathlib
import subprocess
import sys
from typing import Any, NamedTuple

import numpy as np

from launch.evaluation import nearest_neighbour
from tests.benchmarks.measuring import metadata_floor, tables
from tfrecords_tools.base import errors, flags, progress, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    labels: str = settings.setting("", "Table with path, label and group.")
    group: str = settings.setting("group", "Its column that names the source.")
    recipe: str = settings.setting(
        "launch/recipes/small_real.flagfile", "Flag file to train with."
    )
    more: tuple[str, ...] = settings.setting(
        (), "Further flags of launch.train, with commas between."
    )
    build: tuple[str, ...] = settings.setting(
        (), "Further flags of build_shards, with commas between."
    )
    evaluate: tuple[str, ...] = settings.setting(
        (), "Views, such as --evaluate.views=3, with commas between."
    )
    seeds: int = settings.setting(5, "Networks trained for a fold.", minimum=1)
    folds: int = settings.setting(
        5, "Parts that the sources are dealt into.", minimum=2
    )
    work: str = settings.setting("/tmp/small_data", "Folder for all files.")
    json: str = settings.setting(
        "", "File for every result; not given: none is written."
    )


class Row(NamedTuple):
    """A line of the table."""

    path: str
    label: str
    group: str


def run(resolved: flags.Resolved) -> None:
    """Builds shards, trains, and prints the accuracy of every seed."""
    own = resolved.settings
    rows = _read(pathlib.Path(own.labels), own.group)
    shards = _build(own, rows)
    reports = []
    with progress.bar("training", own.seeds) as told:
        for seed in range(own.seeds):
            reports.append(_cross_validate(own, shards, seed))
            told(seed + 1)
    accuracy = np.array([report["accuracy"] for report in reports])
    floor = _floor(rows, _folds(own), _videos(own))
    print(tables.versions("tensorflow", "keras"))
    print(f"{len(rows)} clips of {len({r.group for r in rows})} sources")
    print(_table(accuracy, floor, _majority(rows)))
    if own.json:
        values = {
            "settings": settings.to_dict(own),
            "accuracy": accuracy.tolist(),
            "floor": floor,
            "fold_clips": reports[0]["clips"],
            "fold_hits": [_hits(report) for report in reports],
            "reports": reports,
        }
        pathlib.Path(own.json).write_text(json.dumps(values, indent=1) + "\n")


def _read(path: pathlib.Path, group: str) -> list[Row]:
    if not path.is_file():
        raise errors.UserError(f"--labels={path}: wanted a table of clips")
    with path.open(newline="") as stream:
        return [
            Row(r["path"], r["label"], r[group]) for r in csv.DictReader(stream)
        ]


def _videos(own: Config) -> pathlib.Path:
    return pathlib.Path(own.labels).parent.resolve()


def _build(own: Config, rows: list[Row]) -> pathlib.Path:
    """One split of all clips: a cross-validation deals them."""
    work = pathlib.Path(own.work)
    work.mkdir(parents=True, exist_ok=True)
    table, shards = work / "labels.csv", work / "shards"
    if not (shards / "manifest.json").exists():
        with table.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(("path", "label", "group", "split"))
            writer.writerows((*row, "train") for row in rows)
        _command(
            "tfrecords_tools.build_shards",
            "--source=csv_file",
            f"--input={table}",
            f"--video_root={_videos(own)}",
            f"--output={shards}",
            *own.build,
        )
    return shards


def _workdir(own: Config, seed: int) -> pathlib.Path:
    return pathlib.Path(own.work) / f"run{seed}"


def _cross_validate(
    own: Config, shards: pathlib.Path, seed: int
) -> dict[str, Any]:
    """The report over all clips, with a seed."""
    workdir = _workdir(own, seed)
    _command(
        "launch.train",
        f"--flagfile={own.recipe}",
        f"--shards={shards}",
        f"--workdir={workdir}",
        f"--cross_validate={own.folds}",
        *own.more,
        *own.evaluate,
        f"--train.seed={seed}",
    )
    metrics = json.loads((workdir / "metrics.json").read_text())
    return metrics["cross_validation"]


def _hits(report: dict[str, Any]) -> list[int]:
    """Right answers in each fold."""
    pairs = zip(report["folds"], report["clips"], strict=True)
    return [round(accuracy * clips) for accuracy, clips in pairs]


def _folds(own: Config) -> dict[str, str]:
    """The fold of each video."""
    path = _workdir(own, 0) / "predictions.csv"
    with path.open(newline="") as stream:
        return {row["path"]: row["fold"] for row in csv.DictReader(stream)}


def _command(module: str, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *words], capture_output=True, text=True
    )
    if done.returncode:
        raise errors.UserError(f"{module}: {done.stderr[-3000:]}")


def _floor(
    rows: list[Row], folds: dict[str, str], videos: pathlib.Path
) -> float:
    facts = np.array([metadata_floor.facts(videos / row.path) for row in rows])
    names = sorted({row.label for row in rows})
    labels = np.array([[row.label == name for name in names] for row in rows])
    hits = 0
    for fold in set(folds.values()):
        out = np.array([folds[row.path] == fold for row in rows])
        guessed = nearest_neighbour.labels_of_nearest(
            facts[~out], labels[~out], facts[out]
        )
        hits += int((guessed & labels[out]).sum())
    return hits / len(rows)


def _majority(rows: list[Row]) -> float:
    labels = [row.label for row in rows]
    return max(labels.count(each) for each in set(labels)) / len(labels)


def _table(accuracy: np.ndarray, floor: float, majority: float) -> str:
    each = ", ".join(f"{value:.3f}" for value in accuracy)
    spread = accuracy.std(ddof=1) if len(accuracy) > 1 else 0.0
    return tables.markdown(
        ["what answers", "accuracy", "each seed"],
        [
            ["the recipe", f"{accuracy.mean():.3f} ± {spread:.3f}", each],
            ["nearest neighbour by metadata", f"{floor:.3f}", ""],
            ["always the most frequent label", f"{majority:.3f}", ""],
        ],
    )


COMMAND = flags.Command(
    summary="Measures what a recipe learns from a few labelled clips.",
    settings=Config,
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
