"""Command: cached features of a recipe beside bare passes of its encoder.

    python -m tests.benchmarks.features.feature_speed --shards=SHARDS

Takes turns at (a) the passes of the folded encoder on frames that are ready,
(b) reading, decoding and resizing the same clips, (c) the whole computation of
features, with an encoder that is ready. Seconds of all cores and of the clock,
medians over rounds; the seconds that the encoder takes to be built; and the
peak memory of the process.
"""

import dataclasses
import pathlib
import resource
import statistics
import tempfile
import time
from collections.abc import Callable

import numpy as np

from launch.features import feature_extraction, frozen_encoder
from launch.runs import run_flags
from pipelines import clip_dataset, clip_views
from tests.benchmarks.measuring import tables
from tfrecords_tools.base import flags, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    shards: str = settings.setting("", "Folder of shards.")
    recipe: str = settings.setting("few_clips", "Recipe of a frozen encoder.")
    split: str = settings.setting("train", "Split to compute features of.")
    rounds: int = settings.setting(3, "Turns of each.", minimum=1)


COMMAND = flags.Command(
    summary="Speed of cached features.", settings=Config, required=("shards",)
)


def run(resolved: flags.Resolved) -> None:
    """Measures and prints a table."""
    config = resolved.settings
    given = [f"--recipe={config.recipe}", f"--shards={config.shards}"]
    parsed = flags.parse(run_flags.COMMAND, [*given, "--workdir=unused"])
    experiment = run_flags.to_experiment(parsed)
    reader = clip_dataset.open_split(
        config.shards, config.split, experiment.input
    )
    network = experiment.build_objective(
        experiment.task(reader.manifest)
    ).split()
    encode = frozen_encoder.build(network.encoder, batch=1)
    source = feature_extraction.Source(
        network,
        encode,
        experiment.components.backbone,
        experiment.input,
        reader,
        config.split,
        0,
    )
    views = experiment.feature_cache.crops
    ready = np.random.default_rng(0).integers(
        0, 256, (1, *experiment.clip.shape), np.uint8
    )

    def passes() -> None:
        for _ in range(reader.clips * views):
            encode(ready).numpy()

    def decoding() -> None:
        for _ in clip_views.views(reader, experiment.input, views, 0, 0):
            pass

    def whole() -> None:
        with tempfile.TemporaryDirectory() as folder:
            feature_extraction.cached(
                source, experiment.feature_cache, pathlib.Path(folder)
            )

    def building() -> None:
        frozen_encoder.build(network.encoder, batch=1)

    every = {
        "bare passes": passes,
        "decoding and resizing": decoding,
        "features": whole,
        "building the encoder": building,
    }
    for each in every.values():  # Traces and warms up.
        each()
    taken = {name: [] for name in every}
    for _ in range(config.rounds):
        for name, each in every.items():
            taken[name].append(_seconds(each))
    _print(taken, reader.clips, views)


def _seconds(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds of all cores, and of the clock."""
    start = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - start[0], time.perf_counter() - start[1]


def _print(
    taken: dict[str, list[tuple[float, float]]], clips: int, views: int
) -> None:
    median = {
        name: [statistics.median(each) for each in zip(*rows, strict=True)]
        for name, rows in taken.items()
    }
    bare = median["bare passes"]
    rows = [
        [
            name,
            *(f"{value:.2f}" for value in values),
            *(f"{v / b:.2f}" for v, b in zip(values, bare, strict=True)),
        ]
        for name, values in median.items()
    ]
    print(f"{clips} clips, {views} views each")
    head = ["", "CPU s", "wall s", "CPU / bare", "wall / bare"]
    print(tables.markdown(head, rows))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GiB")
    print(tables.versions("tensorflow", "keras"))


if __name__ == "__main__":
    flags.main(COMMAND, run)
