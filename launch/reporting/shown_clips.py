"""What an objective shows while it trains: moving grids of clips.

`RUN/samples/00000500-generated.mp4`, a GIF of the same beside it, and the same
clips as strips in TensorBoard.
"""

import math
import pathlib
import re
from typing import Any

import numpy as np

from launch.reporting import drawing, reports
from pipelines import clip_dataset
from pipelines.decoding import frame_decoding
from pipelines.reading import shard_reader
from tfrecords_tools.media.writing import writer
from video_models import objective as objectives

_COUNT = 16  # Clips of a grid.
_RATE = 8  # Frames a second.
_GAP = 2  # Pixels between clips.


class ShownClips:
    """Shows the same clips again and again."""

    def __init__(self, folder: pathlib.Path, board: reports.Board):
        """Files go to `folder`, strips to the board."""
        self._folder, self._board = folder, board
        self._batch: dict[str, Any] | None = None

    def show(
        self,
        objective: objectives.Objective,
        networks: objectives.Networks,
        data: shard_reader.ShardReader,
        input_config: clip_dataset.Input,
        step: int,
    ) -> None:
        """Writes what the objective shows of some clips of a split.

        Args:
            objective: says what to show; may show nothing.
            networks: those to show.
            data: the split.
            input_config: what its batches hold.
            step: for the names of files.
        """
        if type(objective).shown is objectives.Objective.shown:
            return
        if self._batch is None:
            batch_shard = clip_dataset.BatchShard(_COUNT)
            batches = clip_dataset.evaluation(data, input_config, batch_shard)
            self._batch = next(iter(batches))
        count = int(self._batch["mask"].numpy().sum())
        for title, clips in objective.shown(networks, self._batch).items():
            pixels = frame_decoding.to_uint8(clips).numpy()[:count]
            self._write(title, pixels, step)

    def _write(self, title: str, clips: np.ndarray, step: int) -> None:
        name = re.sub(r"\W+", "_", title)
        frames = grid(clips)
        path = self._folder / f"{step:08d}-{name}.mp4"
        writer.write_mp4(path, frames, _RATE)
        drawing.save_gif(path.with_suffix(".gif"), list(frames), 1 / _RATE)
        self._board.picture(step, f"shown/{name}", reports.film_strips(clips))


def grid(clips: np.ndarray, columns: int | None = None) -> np.ndarray:
    """Clips side by side and under one another.

    Args:
        clips: uint8 [N, T, H, W, 3].
        columns: of the grid; not given: about as many as rows.

    Returns:
        uint8 [T, rows * H, columns * W, 3] with gaps, of even sides; black
        where no clip is left.
    """
    count, frames, height, width, _ = clips.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = -(-count // columns)
    tall, wide = height + _GAP, width + _GAP
    shape = (frames, rows * tall, columns * wide, 3)
    sheet = np.zeros(
        (*shape[:1], *(s + s % 2 for s in shape[1:3]), 3), np.uint8
    )
    for number, clip in enumerate(clips):
        top, left = number // columns * tall, number % columns * wide
        sheet[:, top : top + height, left : left + width] = clip
    return sheet
