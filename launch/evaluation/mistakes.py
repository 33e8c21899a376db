"""The surest wrong answers of an evaluation, as one image."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from launch.batch_preview import batch_images
from launch.evaluation import clip_answers
from launch.reporting import drawing
from pipelines import clip_dataset
from pipelines.reading import clip_metadata, clip_order, shard_reader

_MOST = 12  # Clips of a label set.
_FRAMES = 8  # Of a clip.
_GAP = 14  # Pixels between clips.
_COLUMNS = 2


def surest(answers: clip_answers.ClipAnswers, most: int = _MOST) -> np.ndarray:
    """Returns the rows of the surest wrong answers, int64 [n], surest first.

    The score of the given label tells how sure an answer is; with several
    labels a clip, the largest error of a score.
    """
    if answers.threshold is None:
        sureness = answers.scores.max(axis=1)
    else:
        sureness = np.abs(answers.scores - answers.truth).max(axis=1)
    wrong = np.flatnonzero(answers.counted & ~answers.hits)
    order = np.argsort(-sureness[wrong], kind="stable")
    return wrong[order[:most]]


def sheet(
    every: Sequence[clip_answers.ClipAnswers],
    clips: Mapping[int, clip_metadata.ClipMetadata],
    reader: shard_reader.ShardReader,
    input_config: clip_dataset.Input,
) -> np.ndarray:
    """Draws the surest wrong answers of each label set.

    Args:
        every: answers of each label set.
        clips: number to metadata; may be empty.
        reader: of the split.
        input_config: contents of its batches.

    Returns:
        uint8 [H, W, 3]: frames as the network sees them in the centre crop of
        one view, under the true and the given labels.
    """
    frames = _Frames(reader, input_config)
    parts = []
    for answers in every:
        rows = surest(answers)
        wrong = int((answers.counted & ~answers.hits).sum())
        counted = int(answers.counted.sum())
        title = f"{wrong} of {counted} clips wrong"
        title += f", the surest {len(rows)} first" if len(rows) < wrong else ""
        cells = [
            _cell(answers, row, clips, frames.of_clip(answers.numbers[row]))
            for row in rows
        ]
        task = f"label.{answers.task}: " if answers.task else ""
        parts += [drawing.banner(task + title, 640), *_in_columns(cells)]
    whole = drawing.stacked(parts, gap=_GAP)
    return np.pad(whole, ((8, 8), (8, 8), (0, 0)), constant_values=255)


class _Frames:
    """Reads the frames of single clips."""

    def __init__(
        self, reader: shard_reader.ShardReader, input_config: clip_dataset.Input
    ):
        # Also under the answers of a network that sees no frames.
        shown = dataclasses.replace(input_config, frames=True)
        self._examples = clip_dataset.build_examples(reader, shown)
        table = reader.table
        if table is None:  # It is read block by block.
            shards = tf.range(len(reader.shards), dtype=tf.int64)
            table = reader.load(shards)
        self._table, self._numbers = table, table.ids.numpy().tolist()

    def of_clip(self, number: int) -> np.ndarray:
        """uint8 [T, H, W, 3]."""
        place = tf.constant(self._numbers.index(number), tf.int64)
        index = clip_order.SampleIndex(
            tf.constant(0, tf.int64), place, tf.constant(True), self._table
        )
        return self._examples.evaluation(index, 1, 1)["frames"][0].numpy()


def _cell(
    answers: clip_answers.ClipAnswers,
    row: int,
    clips: Mapping[int, clip_metadata.ClipMetadata],
    frames: np.ndarray,
) -> np.ndarray:
    shown = frames[:: -(-len(frames) // _FRAMES)]
    strip = batch_images.strip(shown, batch_images.side_of(shown))
    width = max(strip.shape[1], 320)
    lines = [
        f"true: {_scored(answers, row, answers.truth[row])}",
        f"given: {_scored(answers, row, answers.given[row])}",
        _origin(int(answers.numbers[row]), clips),
    ]
    titles = [drawing.banner(line, width) for line in lines]
    return drawing.stacked([*titles, strip])


def _scored(
    answers: clip_answers.ClipAnswers, row: int, has: np.ndarray
) -> str:
    """`fight (score 0.03)`, or several such; `no label`."""
    pairs = zip(answers.labels, answers.scores[row], has, strict=True)
    shown = [f"{name} (score {s:.2f})" for name, s, is_one in pairs if is_one]
    return ", ".join(shown) or "no label"


def _origin(
    number: int, clips: Mapping[int, clip_metadata.ClipMetadata]
) -> str:
    clip = clips.get(number)
    if clip is None:
        return f"clip {number}"
    span = f"{clip.start_seconds:.2f} to {clip.end_seconds:.2f} s"
    return f"{clip.path}, {span} (clip {number})"


def _in_columns(cells: list[np.ndarray]) -> list[np.ndarray]:
    """Rows of cells side by side, of equal widths."""
    width = max((cell.shape[1] for cell in cells), default=0)
    padded = [
        np.pad(
            cell,
            ((0, 0), (0, width - cell.shape[1]), (0, 0)),
            constant_values=255,
        )
        for cell in cells
    ]
    return [
        drawing.beside(padded[start : start + _COLUMNS], gap=_GAP)
        for start in range(0, len(padded), _COLUMNS)
    ]
