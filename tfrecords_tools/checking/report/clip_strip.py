"""A strip of images of a clip: its first, middle and last frame."""

import base64
import os
import pathlib
from collections.abc import Callable, Sequence

from tfrecords_tools import manifest, schema
from tfrecords_tools.base.files import tfrecord
from tfrecords_tools.checking import census
from tfrecords_tools.checking.report import report_html
from tfrecords_tools.media.frames import stored_frame

_SIDES = ("first", "middle", "last")


def figure(
    images: Callable[[], Sequence[bytes]], caption: str
) -> report_html.Pieces:
    """Yields a figure of up to three JPEGs, or the reason why there are none.

    Args:
        images: returns the JPEGs; may raise OSError or ValueError.
        caption: HTML.
    """
    yield "<figure>"
    try:
        shown = images()
    except (OSError, ValueError) as error:
        fault = report_html.text(error)
        yield f'<p class="broken">cannot be shown: {fault}</p>'
    else:
        yield '<div class="strip">'
        for side, image in zip(_SIDES, shown, strict=False):
            data = base64.b64encode(image).decode()
            yield f'<img alt="{side} frame" src="data:image/jpeg;base64,'
            yield f'{data}">'
        yield "</div>"
    yield f"<figcaption>{caption}</figcaption></figure>\n"


def stored_images(
    folder: str | os.PathLike,
    dataset: manifest.Manifest,
    clip: census.Sample,
    height: int,
) -> list[bytes]:
    """Returns JPEGs of the first, middle and last frame of a stored clip.

    Args:
        folder: of the shards.
        dataset: their manifest.
        clip: where the frames are.
        height: of an image, pixels.

    Raises:
        OSError: the shard cannot be read.
        ValueError: a record is damaged.
    """
    path = pathlib.Path(folder) / clip.shard
    held: dict[int, list[bytes]] = {}
    images = []
    for offset, place in clip.places:
        if offset not in held:
            held[offset] = _frames(path, offset, dataset.contents)
        key = place - place % dataset.key_every
        span = held[offset][key : place + 1]
        images.append(stored_frame.thumbnail(dataset.storage, span, height))
    return images


def _frames(
    path: pathlib.Path, offset: int, contents: schema.Contents
) -> list[bytes]:
    with open(path, "rb") as stream:
        records = tfrecord.read(stream, path.stat().st_size, offset)
        record = next(records, None)
    if record is None or record.fault:
        raise ValueError(record.fault if record else "the record is missing")
    return schema.decode(record.data, contents, arrays=True)["frames"]
