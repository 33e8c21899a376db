"""Command: which swapped labels `launch.inspect` lists.

    python -m tests.benchmarks.features.label_errors \
        --labels=demo/videos/labels.csv --train=--recipe=demo
    python -m tests.benchmarks.features.label_errors \
        --labels=FOLDER/labels.csv --group=source

For each seed, swaps a share of the labels of a table, builds shards, trains on
the swapped labels if flags of `launch.train` are given, inspects with the
default threshold, and compares the list with what was swapped. A random list of
the same length has the share of swapped labels as its precision, and its length
over the number of clips as its recall.
"""

import csv
import dataclasses
import json
import pathlib
import subprocess
import sys
from typing import NamedTuple

import numpy as np

from tests.benchmarks.measuring import tables
from tfrecords_tools import label_balance
from tfrecords_tools.base import errors, flags, progress, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    labels: str = settings.setting(
        "", "Table with path, label and perhaps split, beside its videos."
    )
    group: str = settings.setting("", "Its column that names the source.")
    train: tuple[str, ...] = settings.setting(
        (),
        "Flags of launch.train, comma-separated: a run on the swapped labels "
        "encodes the clips. Unset: the default encoder of launch.inspect.",
    )
    share: float = settings.setting(0.05, "Share of labels to swap.")
    seeds: tuple[int, ...] = settings.setting(
        (11, 12, 13), "Of the labels that are swapped."
    )
    work: str = settings.setting("/tmp/label_errors", "Folder for all files.")


COMMAND = flags.Command(
    summary="Measures which swapped labels launch.inspect lists.",
    settings=Config,
    required=("labels",),
)


class Count(NamedTuple):
    """Clips of one seed."""

    clips: int
    swapped: int
    listed: int
    right: int


def run(resolved: flags.Resolved) -> None:
    """Prints a line a seed, and one of all."""
    config = resolved.settings
    rows = _read(config)
    counts = []
    with progress.bar("seeds", len(config.seeds)) as done:
        for number, seed in enumerate(config.seeds, start=1):
            counts.append(_measure(config, rows, seed))
            done(number)
    every = Count(*(sum(values) for values in zip(*counts, strict=True)))
    names = [f"seed {seed}" for seed in config.seeds]
    pairs = zip([*names, "all"], [*counts, every], strict=True)
    head = ["", "swapped", "listed", "precision", "chance", "recall", "chance"]
    print(tables.versions("tensorflow", "keras"))
    print(f"{len(rows)} clips, {config.share:.0%} of the labels swapped")
    print(tables.markdown(head, [_cells(name, each) for name, each in pairs]))


def swap(labels: list[str], share: float, seed: int) -> list[str]:
    """Gives a share of the labels another label of the list, by seed."""
    names = sorted(set(labels))
    draw = np.random.default_rng(seed)
    count = max(1, round(share * len(labels)))
    swapped = list(labels)
    for place in draw.choice(len(labels), count, replace=False):
        others = [name for name in names if name != labels[place]]
        swapped[place] = others[draw.integers(len(others))]
    return swapped


def _read(config: Config) -> list[dict[str, str]]:
    path = pathlib.Path(config.labels)
    if not path.is_file():
        raise errors.UserError(f"--labels={path}: wanted a table of clips")
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    kept = {"path": "path", "label": "label", "split": "split"}
    if config.group:
        kept["group"] = config.group
    return [
        {name: row[column] for name, column in kept.items() if column in row}
        for row in rows
    ]


def _measure(config: Config, rows: list[dict[str, str]], seed: int) -> Count:
    work = pathlib.Path(config.work) / str(seed)
    work.mkdir(parents=True, exist_ok=True)
    swapped = swap([row["label"] for row in rows], config.share, seed)
    with (work / "labels.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        for row, label in zip(rows, swapped, strict=True):
            writer.writerow({**row, "label": label})
    videos, shards = pathlib.Path(config.labels).parent.resolve(), work / "data"
    _command(
        "tfrecords_tools.build_shards",
        "--source=csv_file",
        f"--input={work / 'labels.csv'}",
        f"--video_root={videos}",
        f"--output={shards}",
    )
    encoder = []
    if config.train:
        encoder = [f"--workdir={work / 'run'}"]
        _command(
            "launch.train", *config.train, f"--shards={shards}", encoder[0]
        )
    _command(
        "launch.inspect",
        f"--shards={shards}",
        *encoder,
        f"--report={work / 'inspection.html'}",
        f"--json={work / 'cases.json'}",
    )
    cases = json.loads((work / "cases.json").read_text())
    listed = {
        case["clips"][0]["path"]
        for case in cases
        if case["kind"] == "label_error"
    }
    wrong = {
        row["path"]
        for row, label in zip(rows, swapped, strict=True)
        if row["label"] != label
    }
    return Count(len(rows), len(wrong), len(listed), len(wrong & listed))


def _cells(name: str, count: Count) -> list[str]:
    return [
        name,
        str(count.swapped),
        str(count.listed),
        _share(count.right, count.listed),
        f"{count.swapped / count.clips:.2f}",
        _share(count.right, count.swapped),
        f"{count.listed / count.clips:.2f}",
    ]


def _share(count: int, total: int) -> str:
    """A share with its 95 % interval."""
    share = count / max(total, 1)
    low, high = label_balance.wilson(share, total) if total else (0.0, 1.0)
    return f"{share:.2f} ({low:.2f} to {high:.2f})"


def _command(module: str, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *words], capture_output=True, text=True
    )
    if done.returncode:
        raise errors.UserError(f"{module}: {done.stderr[-3000:]}")


if __name__ == "__main__":
    flags.main(COMMAND, run)
