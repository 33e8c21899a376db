"""Command: renders clips whose fine details move by parts of a pixel.

    python -m tests.benchmarks.moving_details --output=VIDEOS

Letters, lines and noise glide, turn and grow; each frame is drawn four times
as large and averaged, as a sensor does. So a frame shows of a detail what the
frames around it miss, and time helps super-resolution. `labels.csv` beside
the videos is what `build_shards --source=csv_file` reads.
"""

import csv
import dataclasses
import pathlib
import string

import cv2
import numpy as np

from tfrecords_tools.base import atomic_write, flags, progress, settings
from tfrecords_tools.media.writing import writer

_OVER = 4  # How many times larger frames are drawn.


@dataclasses.dataclass(frozen=True)
class Config:
    """What is rendered."""

    output: str = settings.setting("moving_details", "Folder of the videos.")
    train_clips: int = settings.setting(640, "Clips to train on.", minimum=0)
    validation_clips: int = settings.setting(
        16, "Clips to validate on.", minimum=0
    )
    size: int = settings.setting(128, "Height and width, pixels.", minimum=16)
    frames: int = settings.setting(24, "Frames in a clip.", minimum=2)
    seed: int = settings.setting(0, "Equal seeds give equal clips.", minimum=0)


COMMAND = flags.Command(
    summary="Renders clips whose details move by parts of a pixel.",
    settings=Config,
)


def run(resolved: flags.Resolved) -> None:
    """Writes the videos and their list."""
    asked = resolved.settings
    folder = pathlib.Path(asked.output)
    count = asked.train_clips + asked.validation_clips
    rows = []
    with progress.bar("rendering", count) as told:
        for number in range(count):
            rng = np.random.default_rng([asked.seed, number])
            name = f"{number:05d}.mp4"
            frames = clip(rng, asked.frames, asked.size)
            writer.write_mp4(folder / name, frames, 24, crf=4)
            split = "train" if number < asked.train_clips else "validation"
            rows.append({"path": name, "split": split})
            told(number + 1)
    with atomic_write.file(folder / "labels.csv", "w") as stream:
        table = csv.DictWriter(stream, ("path", "split"), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    print(f"{count} clips: {folder}")


def clip(rng: np.random.Generator, frames: int, size: int) -> np.ndarray:
    """uint8 [frames, size, size, 3]: a sheet of details on the move."""
    large = size * _OVER
    sheet = _sheet(rng, 2 * large)
    speed = rng.uniform(-1.5, 1.5, 2) * _OVER  # Of a frame, drawn pixels.
    turn, grow = rng.uniform(-0.3, 0.3), rng.uniform(-0.002, 0.002)
    found = []
    for moment in np.arange(frames) - frames / 2:
        place = cv2.getRotationMatrix2D(
            (large, large), turn * moment, 1 + grow * moment
        )
        place[:, 2] += speed * moment - large / 2
        drawn = cv2.warpAffine(
            sheet, place, (large, large), flags=cv2.INTER_LINEAR
        )
        found.append(
            cv2.resize(drawn, (size, size), interpolation=cv2.INTER_AREA)
        )
    return np.stack(found)


def _sheet(rng: np.random.Generator, side: int) -> np.ndarray:
    """uint8 [side, side, 3]: a soft ground with letters and lines on it."""
    ground = rng.uniform(60, 200, (6, 6, 3)).astype(np.float32)
    sheet = cv2.resize(ground, (side, side), interpolation=cv2.INTER_CUBIC)
    sheet += (
        rng.normal(0, 5, (side // 8, side // 8, 1)).repeat(8, 0).repeat(8, 1)
    )
    sheet = np.clip(sheet, 0, 255).astype(np.uint8)
    for _ in range(side * side // 9000):
        ink = tuple(int(x) for x in rng.integers(0, 256, 3))
        at = tuple(int(x) for x in rng.integers(0, side, 2))
        if rng.uniform() < 0.5:
            text = "".join(rng.choice(list(string.ascii_letters), 5))
            cv2.putText(
                sheet,
                text,
                at,
                int(rng.integers(0, 8)),
                rng.uniform(0.7, 2.0),
                ink,
                int(rng.integers(2, 6)),
                cv2.LINE_AA,
            )
        else:
            end = tuple(int(x) for x in np.add(at, rng.integers(-200, 200, 2)))
            cv2.line(sheet, at, end, ink, int(rng.integers(2, 8)), cv2.LINE_AA)
    return sheet


if __name__ == "__main__":
    flags.main(COMMAND, run)
