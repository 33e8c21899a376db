"""What the limits of a request cost honest ones, and what they save.

python -m tests.benchmarks.serving_limits --old=EXPORT --new=EXPORT

Asks two exports of one network, made by the code before and after a change,
in turn about the same clips and prints the first quartiles, which other work on
the machine disturbs less than medians; then the memory that a process of its
own needs for each request, above what it held before.
"""

import dataclasses
import pathlib
import statistics
import subprocess
import sys
import time

from tfrecords_tools.base import flags, settings

SIZES = {"160x120": (120, 160), "340x256": (256, 340), "1280x720": (720, 1280)}
CLIPS = 1, 4
_STATUS = pathlib.Path("/proc/self/status")


@dataclasses.dataclass(frozen=True)
class Config:
    """Which exports, and how often they are asked."""

    old: str = settings.setting("", "Export before the change.")
    new: str = settings.setting("", "Export after it.")
    rounds: int = settings.setting(30, "Requests of each kind.", minimum=2)


COMMAND = flags.Command(
    summary=__doc__, settings=Config, required=("old", "new")
)


def main(resolved: flags.Resolved) -> None:
    """Prints two tables."""
    own = resolved.settings
    print("| request | old, ms | new, ms | new / old |\n|---|---:|---:|---:|")
    for name, old, new in _times(own):
        print(f"| {name} | {old:.2f} | {new:.2f} | {new / old:.3f} |")
    print("\n| one request | export | MB more at most | MB kept |")
    print("|---|---|---:|---:|")
    for kind in ("4000x4000 JPEG", "4000x4000 PNG", "4096x2304 JPEG"):
        for folder in (own.old, own.new):
            command = [sys.executable, "-m", __spec__.name, folder, kind]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            print(f"| {kind} | {folder} | {done.stdout.splitlines()[-1]} |")


def _times(own: Config):
    """Name of a request, and the milliseconds of both exports."""
    from launch.serving import loaded_model

    loaded = [loaded_model.LoadedModel(folder) for folder in (own.old, own.new)]
    frames = loaded[0].metadata.clip.frames
    for size, shape in SIZES.items():
        for clips in CLIPS:
            request = [[_image(shape, n) for n in range(frames)]] * clips
            taken = [[], []]
            for turn in range(own.rounds + 2):
                for place in (0, 1) if turn % 2 else (1, 0):
                    began = time.perf_counter()
                    loaded[place].scores(request)
                    taken[place].append(time.perf_counter() - began)
            old, new = (
                1000 * statistics.quantiles(x[2:], n=4)[0] for x in taken
            )
            yield f"{clips} x {frames} JPEG, {size}", old, new


def _image(shape: tuple[int, int], number: int) -> bytes:
    import cv2
    import numpy as np

    small = np.random.default_rng(number).integers(0, 256, (9, 12, 3))
    pixels = cv2.resize(small.astype(np.uint8), shape[::-1])
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def large(folder: str, kind: str) -> str:
    """Asks once about frames of one size; its memory, as a row's end."""
    import cv2
    import numpy as np
    import tensorflow as tf

    from launch.serving import loaded_model

    size, _, ending = kind.partition(" ")
    width, height = map(int, size.split("x"))
    pixels = np.full((height, width), 128, np.uint8)
    frame = cv2.imencode(f".{ending.lower()}", pixels)[1].tobytes()
    loaded = loaded_model.LoadedModel(folder)
    loaded.golden_difference()
    call = loaded._signatures["serving_default"]
    frames = tf.constant([[frame] * loaded.metadata.clip.frames])
    del pixels
    before = _memory("VmRSS")
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    try:
        call(frames_bytes=frames)
        told = ""
    except tf.errors.InvalidArgumentError:
        told = " (refused)"
    peak, after = _memory("VmHWM"), _memory("VmRSS")
    return f"{peak - before:.0f}{told} | {after - before:.0f}"


def _memory(name: str) -> float:
    lines = _STATUS.read_text().splitlines()
    return next(int(x.split()[1]) / 1000 for x in lines if x.startswith(name))


if __name__ == "__main__":
    if sys.argv[2:] and not sys.argv[1].startswith("-"):
        print(large(*sys.argv[1:]))
    else:
        flags.main(COMMAND, main)
