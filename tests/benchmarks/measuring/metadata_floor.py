"""What the files of videos state, for the nearest neighbour by metadata.

Shards hold scaled frames; the files also tell the size before.
"""

import pathlib

import av

from tfrecords_tools.media import reader


def facts(path: str | pathlib.Path) -> list[float]:
    """Width, height, frame rate, seconds, and 1 where there is sound."""
    found = reader.probe(path)
    with av.open(str(path)) as container:
        has_audio = bool(container.streams.audio)
    numbers = (found.width, found.height, found.frame_rate, found.seconds)
    return [*map(float, numbers), float(has_audio)]
