"""What can be told without looking at a single pixel.

Where clips of one class were cut or encoded alike, their size, rate and
length give them away. A network that is no better has learnt nothing.
"""

import pathlib

import av
import numpy as np

from tfrecords_tools.media import reader


def facts(path: str | pathlib.Path) -> list[float]:
    """Width, height, frame rate, seconds, and 1 where there is sound."""
    found = reader.probe(path)
    with av.open(str(path)) as container:
        has_audio = bool(container.streams.audio)
    numbers = (found.width, found.height, found.frame_rate, found.seconds)
    return [*map(float, numbers), float(has_audio)]


def nearest_neighbour(
    known: np.ndarray, labels: list[str], asked: np.ndarray
) -> list[str]:
    """The label of the most similar known row, for each row asked about.

    Args:
        known: float64 [N, facts].
        labels: of the known rows.
        asked: float64 [M, facts].

    Returns:
        M labels. Every fact weighs the same: it is divided by its deviation.
    """
    scale = known.std(axis=0) + 1e-9
    apart = (asked[:, None] - known[None]) / scale
    nearest = np.square(apart).sum(axis=-1).argmin(axis=1)
    return [labels[number] for number in nearest]
