"""Progress lines, losses.csv and TensorBoard logs of a run."""

import csv
import pathlib
import time

import numpy as np
import tensorflow as tf

from launch.reporting import loss_rows, text_drawing
from tfrecords_tools.base import atomic_write
from tfrecords_tools.base.text import text_cells

# Smallest and largest width of label names, pixels.
_LABEL_PIXELS = (150, 330)


class LossLog:
    """`losses.csv`: one row per step, exact to the last bit.

    A resume removes the rows of steps that will be repeated, so the file equals
    that of an uninterrupted run. A file keeps its columns: one that an earlier
    version began gets no further ones.
    """

    def __init__(self, path: pathlib.Path, start_step: int):
        """Keeps the rows before `start_step`."""
        self._path = path
        text = (
            path.read_text("utf-8", errors="replace") if path.exists() else ""
        )
        kept = loss_rows.kept(text, start_step)
        self._columns = next(csv.reader(kept.lines), None)
        with atomic_write.file(path, "w") as stream:
            stream.writelines(f"{row}\n" for row in kept.lines)
        if kept.repeated:
            print(
                f"note: {path} had {kept.repeated} lines of a second run that "
                "wrote into it at the same time: the first line of each step "
                "is kept. The checkpoints may be of either run",
                flush=True,
            )

    def add(self, rows: list[tuple[int, dict[str, float]]]) -> None:
        """Appends rows of (step, values)."""
        with (
            atomic_write.explained(self._path),
            self._path.open("a", encoding="utf-8", newline="") as stream,
        ):
            table = csv.writer(stream, lineterminator="\n")
            for step, values in rows:
                if self._columns is None:
                    self._columns = ["step", *values]
                    table.writerow(self._columns)
                numbers = (
                    repr(float(values[name])) if name in values else ""
                    for name in self._columns[1:]
                )
                table.writerow([step, *numbers])


class Progress:
    """Prints progress lines: step, losses, speed, time left."""

    def __init__(self, step: int, steps: int):
        """Starts at `step` of `steps`."""
        self._first, self._steps = step, steps
        self._began = time.monotonic()

    def show(self, step: int, values: dict[str, float]) -> None:
        """Prints the line for `step` steps done."""
        seconds = time.monotonic() - self._began
        speed = (step - self._first) / max(seconds, 1e-9)
        left = clock((self._steps - step) / max(speed, 1e-9))
        shown = "  ".join(f"{k} {v:.4g}" for k, v in values.items())
        print(
            f"step {step}/{self._steps}  {shown}  {speed:.2f} steps/s  "
            f"{left} left",
            flush=True,
        )


class Board:
    """TensorBoard: scalars and images."""

    def __init__(self, folder: pathlib.Path):
        """Writes event files to `folder`."""
        self._writer = tf.summary.create_file_writer(str(folder))

    def scalars(self, step: int, values: dict[str, float]) -> None:
        """Logs one value per name."""
        with self._writer.as_default(step):
            for name, value in values.items():
                tf.summary.scalar(name, value)
        self._writer.flush()

    def image(self, step: int, name: str, pixels: np.ndarray) -> None:
        """Logs an image, uint8 [H, W, 3]."""
        with self._writer.as_default(step):
            tf.summary.image(name, pixels[None])
        self._writer.flush()


def clock(seconds: float) -> str:
    """`1:02:03` or `2:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}"


def clock_tenths(seconds: float) -> str:
    """`2:03.4`."""
    return f"{clock(seconds)}.{int(seconds * 10) % 10}"


def film_strips(
    clips: np.ndarray, rows: int = 6, columns: int = 8
) -> np.ndarray:
    """Draws clips below one another; time runs to the right.

    Args:
        clips: uint8 [B, T, H, W, 3].
        rows: maximum number of clips.
        columns: maximum number of frames per clip, evenly spaced.

    Returns:
        uint8 [rows * H, columns * W, 3].
    """
    frames = clips.shape[1]
    shown = np.linspace(0, frames - 1, min(columns, frames)).astype(int)
    strips = [np.concatenate(list(clip[shown]), 1) for clip in clips[:rows]]
    return np.concatenate(strips, axis=0)


def confusion_image(
    confusion: np.ndarray,
    labels: tuple[str, ...],
    columns: tuple[str, ...] | None = None,
) -> np.ndarray:
    """Draws a confusion matrix: rows are true labels, darker is more.

    Args:
        confusion: float [C, D], counts.
        labels: the C names of the rows.
        columns: the D names of the columns; unset: those of the rows.

    Returns:
        uint8 [H, W, 3].
    """
    cell = 44
    columns = labels if columns is None else columns
    widest = max(map(text_drawing.width, labels + columns), default=0) + 8
    margin = min(max(_LABEL_PIXELS[0], widest), _LABEL_PIXELS[1])
    room = margin - 8
    names = text_cells.shortened(labels, room, text_drawing.width)
    heads = text_cells.shortened(columns, room, text_drawing.width)
    sides = [margin + cell * len(each) for each in (labels, columns)]
    image = np.full((*sides, 3), 255, np.uint8)
    fractions = confusion / np.maximum(confusion.sum(1, keepdims=True), 1)
    for row in range(len(labels)):
        base = margin + cell * row + 27
        text_drawing.write(image, names[row], 4, base)
        for column in range(len(columns)):
            top, left = margin + cell * row, margin + cell * column
            shade = int(255 - 200 * fractions[row, column])
            cell_color = (shade, shade, 255)
            area = image[top : top + cell - 1, left : left + cell - 1]
            area[:] = cell_color
            count = str(int(confusion[row, column]))
            text_drawing.write(image, count, left + 4, base)
    upright = np.full((cell * len(columns), margin, 3), 255, np.uint8)
    for column in range(len(columns)):
        text_drawing.write(upright, heads[column], 4, cell * column + 27)
    # Turned to the left, the last line of text is the first column.
    image[:margin, margin:] = np.rot90(upright, 1)
    return image
