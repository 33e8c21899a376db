"""Sample clips of an objective during training, as animated grids.

Writes `RUN/samples/00000500-<title>.mp4`, a GIF of the same clips, and strips
for TensorBoard.
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

_COUNT = 16  # Clips per grid.
_RATE = 8  # Frames per second.
_GAP = 2  # Pixels between clips.


class ShownClips:
    """Writes samples for the same clips at every evaluation."""

    def __init__(self, folder: pathlib.Path, board: reports.Board):
        """Writes files to `folder` and strips to the board."""
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
        """Writes the objective's samples for some clips of a split.

        Args:
            objective: defines the samples; may have none.
            networks: to sample from.
            data: the split.
            input_config: the contents of its batches.
            step: for file names.
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
        self._board.image(step, f"shown/{name}", reports.film_strips(clips))


def grid(clips: np.ndarray, columns: int | None = None) -> np.ndarray:
    """Arranges clips in a grid.

    Args:
        clips: uint8 [N, T, H, W, 3].
        columns: of the grid; None for about as many as rows.

    Returns:
        uint8 [T, rows * H, columns * W, 3] with gaps, of even sides; empty
        cells are black.
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
