"""Draws the batches that a network is trained on.

Takes all flags of launch.train and draws the exact batch of a step.
"""

import dataclasses
import pathlib

from launch.batch_preview import (
    batch_animation,
    batch_images,
    batch_page,
    batch_rows,
)
from launch.reporting import drawing
from launch.runs import run_flags
from tfrecords_tools import annotations
from tfrecords_tools.base import atomic_write, flags, settings
from tfrecords_tools.base.files import folder_lock


@dataclasses.dataclass(frozen=True)
class Config(run_flags.Config):
    """Data, network, and what to draw."""

    output: str = settings.setting(
        "",
        "Folder for batch.png and batch.gif, and batch.html if there is audio.",
    )
    count: int = settings.setting(8, "Clips to draw.", minimum=1)
    split: str = settings.setting(
        "train", "Split to draw; splits other than train as in evaluation."
    )
    step: int = settings.setting(0, "Step whose batch comes first.", minimum=0)


COMMAND = dataclasses.replace(
    run_flags.COMMAND,
    summary="Draws the batches of a run; takes all flags of launch.train.",
    settings=Config,
    required=("shards", "output"),
)


def main(resolved: flags.Resolved) -> None:
    """Writes `batch.png` and `batch.gif`, with audio also `batch.html`, and
    prints the clips' labels."""
    config = resolved.settings
    with folder_lock.held(config.output, instead="another --output"):
        _show(config, resolved)


def _show(config: Config, resolved: flags.Resolved) -> None:
    experiment = run_flags.to_experiment(resolved)
    split = annotations.canonical_split(config.split) or config.split
    print(f"{config.count} clips of {split} of {config.shards}", flush=True)
    if experiment.reader.service:
        print("computed locally and in order, without --reader.service")
    shown = batch_rows.read(experiment, split, config.count, config.step)
    folder = pathlib.Path(config.output)
    titles = batch_rows.titles(shown)
    sheet = batch_images.sheet(shown.rows, titles, shown.times)
    drawing.save_png(folder / "batch.png", sheet)
    moving = batch_animation.grid(shown.rows, [lines[0] for lines in titles])
    seconds = shown.times.frame_seconds or 0.1
    drawing.save_gif(folder / "batch.gif", moving, seconds)
    print("\n".join("  ".join(filter(None, lines)) for lines in titles))
    written = [folder / "batch.png", folder / "batch.gif"]
    if shown.rate is not None:
        written.append(folder / "batch.html")
        pieces = batch_page.page(shown.rows, titles, shown.times, shown.rate)
        with atomic_write.file(written[-1], "w") as file:
            file.writelines(pieces)
    print(f"written: {', '.join(map(str, written))}")
