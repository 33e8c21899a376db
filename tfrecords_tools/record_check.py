"""Finds out whether what one record says fits together."""

from collections.abc import Iterator
from typing import Any

import simplejpeg


def faults(record: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    """Compares times, labels and pictures of a record.

    Args:
        record: what `schema.decode` gives.
        names: the manifest's labels.

    Yields:
        One sentence a fault.
    """
    times = record["times"]
    if len(times) != len(record["frames"]) or times != sorted(set(times)):
        yield "times do not rise from frame to frame"
    ids = record["label_ids"]
    named = [names[i] if 0 <= i < len(names) else None for i in ids]
    said = [name.decode() for name in record["labels"]]
    if named != said:
        yield f"labels {said} are not those of ids {ids}"
    for place, jpeg in enumerate(record["frames"]):
        fault = _picture_fault(jpeg, record["height"], record["width"])
        if fault:
            yield f"frame {place} {fault}"


def _picture_fault(jpeg: bytes, height: int, width: int) -> str:
    try:
        found = simplejpeg.decode_jpeg_header(jpeg)[:2]
    except ValueError as error:
        return f"is no JPEG: {error}"
    if found != (height, width):
        return f"has {found} pixels, the record says {(height, width)}"
    return "" if jpeg.endswith(b"\xff\xd9") else "is cut"
