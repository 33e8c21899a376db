"""Command: clips a second of frames, of frames and audio, of audio alone.

    python -m tests.benchmarks.input.audio_reading --shards=SHARDS

Each reads training batches in turns; ratios are medians over rounds of the
ratio within a round. Goals: frames and log-mel at least 0.9 times frames,
audio alone at least 10 times.
"""

import dataclasses
import statistics
import time
from collections.abc import Iterator

from pipelines import batch, clip_dataset, input_settings
from pipelines.audio import audio_features
from tests.benchmarks.measuring import tables
from tfrecords_tools.base import flags, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    shards: str = settings.setting("", "Folder of shards with audio.")
    features: str = settings.setting("log_mel", "As --audio.features.")
    frames: int = settings.setting(16, "Frames of a clip.", minimum=1)
    size: int = settings.setting(112, "Height and width.", minimum=8)
    seconds: float = settings.setting(
        2.0, "Length of the audio of a clip.", minimum=0.1
    )
    rounds: int = settings.setting(7, "Turns of each.", minimum=1)
    measured: float = settings.setting(
        3.0, "Seconds measured in a turn.", minimum=0.1
    )
    batch: int = settings.setting(16, "Clips in a batch.", minimum=1)


COMMAND = flags.Command(
    summary="Clips a second with and without audio.",
    settings=Config,
    required=("shards",),
)


def run(resolved: flags.Resolved) -> None:
    """Measures and prints a table."""
    config = resolved.settings
    audio = audio_features.Config(
        features=config.features, seconds=config.seconds
    )
    silent = audio_features.Config()
    sources = {
        "frames": _batches(config, silent, True),
        "frames and audio": _batches(config, audio, True),
        "audio": _batches(config, audio, False),
    }
    for source in sources.values():  # Traces and fills buffers.
        _speed(source, config, 1.0)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in sources}
    for _ in range(config.rounds):
        for name, source in sources.items():
            time.sleep(1.0)  # Until all others have filled their buffers.
            _speed(source, config, 0.5)  # Uses up what was ready.
            taken[name].append(_speed(source, config, config.measured))
    print(_table(taken))
    print(tables.versions("tensorflow", "simplejpeg"))


def _batches(
    config: Config, audio: audio_features.Config, frames: bool
) -> Iterator[dict]:
    clip = batch.ClipSpec(frames=config.frames, stride=2, size=config.size)
    given = input_settings.Input(clip, audio=audio, frames=frames)
    reader = clip_dataset.open_split(config.shards, "train", given)
    shard = clip_dataset.BatchShard(config.batch)
    return iter(clip_dataset.training(reader, given, shard, 0, 0))


def _speed(
    source: Iterator[dict], config: Config, seconds: float
) -> tuple[float, float]:
    """Clips a second, and milliseconds of all cores a clip."""
    clips, start, cpu = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - start < seconds:
        next(source)
        clips += config.batch
    taken = time.perf_counter() - start
    return clips / taken, 1000 * (time.process_time() - cpu) / clips


def _table(taken: dict[str, list[tuple[float, float]]]) -> str:
    base = taken["frames"]
    rows = []
    for name, each in taken.items():
        speed, cpu = (statistics.median(x) for x in zip(*each, strict=True))
        ratios = [x[0] / y[0] for x, y in zip(each, base, strict=True)]
        costs = [x[1] / y[1] for x, y in zip(each, base, strict=True)]
        rows.append(
            [
                name,
                f"{speed:,.0f}",
                f"{statistics.median(ratios):.2f}",
                f"{min(ratios):.2f} to {max(ratios):.2f}",
                f"{cpu:.2f}",
                f"{statistics.median(costs):.2f}",
            ]
        )
    head = ["", "clips/s", "/ frames", "rounds", "CPU ms a clip", "/ frames"]
    return tables.markdown(head, rows)


if __name__ == "__main__":
    flags.main(COMMAND, run)
