"""Renders synthetic videos: eight motions that no single frame reveals.

Writes real mp4 files with audio and captions; downloads nothing. demo_scene
draws the frames.
"""

import concurrent.futures
import csv
import dataclasses
import json
import multiprocessing
import os
import pathlib

import cv2
import numpy as np

from tfrecords_tools import annotations
from tfrecords_tools.base import (
    atomic_write,
    errors,
    interrupt,
    progress,
    settings,
)
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.media.writing import writer
from tfrecords_tools.source_parsing import demo_scene

_RENDERER = 1  # Increase it when equal settings give other pixels.
_FINISHED = "demo.json"
_LABELS = "labels.csv"
_COLUMNS = ("path", "label", "split", "caption")
_BATCH = 10  # Clips per call of a process; Ctrl-C waits for them.


@dataclasses.dataclass(frozen=True)
class Config:
    """What to render; about 12 ms per clip on two cores."""

    train_clips: int = settings.setting(
        2400, "Number of training clips.", minimum=0
    )
    validation_clips: int = settings.setting(
        800, "Number of validation clips.", minimum=0
    )
    size: int = settings.setting(
        64, "Height and width, pixels, even.", minimum=16
    )
    frames: int = settings.setting(24, "Frames per clip.", minimum=2)
    frame_rate: int = settings.setting(12, "Frames per second.", minimum=1)
    crf: int = settings.setting(
        16,
        "Constant rate factor of x264; 0 is lossless.",
        minimum=0,
        maximum=51,
    )
    audio: str = settings.setting(
        "motion",
        "What the tone of a clip tells. motion: each motion has its pitch; "
        "sign: one of two pitches, forward or backward along the motion's "
        "axis, so that audio alone tells one of four motions, and frames in "
        "no order one of two.",
        choices=("motion", "sign"),
    )
    seed: int = settings.setting(0, "Equal seeds give equal clips.", minimum=0)
    processes: int = settings.setting(
        2,
        "Number of rendering processes; the clips do not depend on it.",
        minimum=1,
    )


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Renders the clips unless they exist, then lists them.

    Args:
        config: what to render.
        input: folder for `<label>/<number>.mp4`, `labels.csv` (path, label,
            split, caption) and, written last, `demo.json`.

    Returns:
        The clips in the order of their numbers, paths relative to `input`.

    Raises:
        UserError: the folder holds clips of other settings, or the size is
            odd.
    """
    if config.size % 2:
        raise errors.UserError(
            f"--demo.size={config.size}: wanted an even number, as H.264 does"
        )
    folder = pathlib.Path(input)
    record = _record(config)
    if not os.path.exists(folder / _FINISHED):
        with folder_lock.held(folder, "build", wait=True):
            if not os.path.exists(folder / _FINISHED):
                _refuse_strangers(folder)
                _render_all(config, folder)
                with atomic_write.file(folder / _FINISHED, "w") as file:
                    json.dump(record, file, indent=2)
    old_record = _read(folder / _FINISHED)
    if old_record != record:
        raise errors.UserError(
            f"{folder} holds clips of {old_record}, wanted {record}: "
            "choose another folder, or remove this one"
        )
    try:
        with open(folder / _LABELS, newline="", encoding="utf-8") as file:
            return [annotations.Clip(**row) for row in csv.DictReader(file)]
    except (OSError, TypeError, ValueError, csv.Error) as error:
        raise errors.UserError(
            f"cannot read {folder / _LABELS} ({error!r}): remove {folder} to "
            "render it again"
        ) from error


def _read(path: pathlib.Path) -> dict[str, int | str]:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise errors.UserError(
            f"cannot read {path} ({error}): remove it to render the clips again"
        ) from error


def _refuse_strangers(folder: pathlib.Path) -> None:
    """Raises UserError if rendering would overwrite another table."""
    try:
        first = (folder / _LABELS).read_text("utf-8").splitlines()[:1]
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError):
        first = []
    if first != [",".join(_COLUMNS)]:
        raise errors.UserError(
            f"{folder / _LABELS} is not the demo's: choose another --input"
        )


def _record(config: Config) -> dict[str, int | str]:
    """Everything the clips depend on, as stored in `demo.json`."""
    chosen = dataclasses.asdict(config) | {"renderer": _RENDERER}
    del chosen["processes"]
    if config.audio == Config.audio:
        del chosen["audio"]  # Folders of older versions do not have it.
    return chosen


def _write_clips(
    config: Config, folder: pathlib.Path, numbers: list[int]
) -> list[dict[str, str]]:
    """Renders some clips; returns their rows of the labels file."""
    cv2.setNumThreads(1)
    rows = []
    for number in numbers:
        images, label, caption = demo_scene.draw_clip(
            config.seed, number, config.frames, config.size
        )
        rng = np.random.default_rng([config.seed, number, 1])
        seconds = config.frames / config.frame_rate
        audio = demo_scene.tone(_pitch(config, label), seconds, rng)
        path = f"{label}/{number:06d}.mp4"
        writer.write_mp4(
            folder / path,
            images,
            config.frame_rate,
            audio,
            demo_scene.SAMPLE_RATE,
            config.crf,
        )
        split = "train" if number < config.train_clips else "validation"
        rows.append(
            {"path": path, "label": label, "split": split, "caption": caption}
        )
    return rows


def _pitch(config: Config, label: str) -> float:
    """Hz of the tone of a clip."""
    motion = demo_scene.MOTIONS[label]
    if config.audio == "sign":
        return demo_scene.SIGN_PITCHES[motion.sign]
    return motion.pitch


def _render_all(config: Config, folder: pathlib.Path) -> None:
    """Writes every clip, then the labels file, in the order of numbers."""
    count = config.train_clips + config.validation_clips
    batches = [
        list(range(start, min(start + _BATCH, count)))
        for start in range(0, count, _BATCH)
    ]
    context = multiprocessing.get_context("spawn")
    with (
        concurrent.futures.ProcessPoolExecutor(
            config.processes, context
        ) as pool,
        progress.bar("rendering", count) as update,
    ):
        rows = []
        try:
            with interrupt.deferred():
                tasks = [
                    pool.submit(_write_clips, config, folder, numbers)
                    for numbers in batches
                ]
            for task in tasks:
                rows += task.result()
                update(len(rows))
        finally:
            pool.shutdown(cancel_futures=True)
    with atomic_write.file(folder / _LABELS, "w") as file:
        table = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
