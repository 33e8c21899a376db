"""Checks that the contents of one record are consistent."""

import itertools
from collections.abc import Iterator
from typing import Any

import simplejpeg

from tfrecords_tools import manifest
from tfrecords_tools.media.frames import frame_packets, packet_frames

_STORAGES = ("jpeg", "raw", *frame_packets.STORAGES)


def faults(
    record: dict[str, Any],
    names: tuple[str, ...],
    storage: str | None = None,
    key_every: int | None = None,
) -> Iterator[str]:
    """Compares times, labels and images of a record.

    Args:
        record: from `schema.decode`.
        names: the manifest's labels.
        storage: storage by the manifest; None: that of the record.
        key_every: distance of key frames by the manifest; None: unknown.

    Yields:
        One sentence per fault.
    """
    times = record["times"]
    if len(times) != len(record["frames"]) or times != sorted(set(times)):
        yield "times do not increase from frame to frame"
    ids = record["label_ids"]
    named = [names[i] if 0 <= i < len(names) else None for i in ids]
    said = [name.decode() for name in record["labels"]]
    if named != said:
        yield f"labels {said} are not those of ids {ids}"
    found = record["format"].decode(errors="replace")
    if found != (storage or found) or found not in _STORAGES:
        expected = storage or ", ".join(_STORAGES)
        yield f"frames are stored as {found!r}, wanted {expected}"
        return
    size = record["height"], record["width"]
    if found == "jpeg":
        yield from _jpeg_faults(record["frames"], size)
    elif found == "raw":
        yield from _raw_faults(record["frames"], size)
    else:
        yield from _packet_faults(found, record["frames"], size, key_every)


def label_faults(
    record: dict[str, Any], dataset: manifest.Manifest
) -> Iterator[str]:
    """Checks labels of tasks, and the number of labels.

    Args:
        record: from `schema.decode`.
        dataset: the data set's manifest.

    Yields:
        One sentence per fault.
    """
    if len(record["label_ids"]) > 1 and not dataset.several_labels:
        yield _too_many(record["label_ids"], "")
    for task, known in dataset.tasks.items():
        ids = record[f"{task}.label_ids"]
        named = [known[i] if 0 <= i < len(known) else None for i in ids]
        said = [n.decode(errors="replace") for n in record[f"{task}.labels"]]
        if named != said:
            yield f"labels {said} of task {task} are not those of ids {ids}"
        if len(ids) > 1 and task not in dataset.several_tasks:
            yield _too_many(ids, f" of task {task}")


def _too_many(ids: list[int], of_task: str) -> str:
    return f"{len(ids)} labels{of_task}, the manifest allows at most one"


def _raw_faults(frames: list[bytes], size: tuple[int, int]) -> Iterator[str]:
    expected = 3 * size[0] * size[1]
    for place, frame in enumerate(frames):
        if len(frame) != expected:
            yield f"frame {place} has {len(frame)} bytes, wanted {expected}"


def _jpeg_faults(jpegs: list[bytes], size: tuple[int, int]) -> Iterator[str]:
    for place, jpeg in enumerate(jpegs):
        fault = _jpeg_fault(jpeg, size)
        if fault:
            yield f"frame {place} {fault}"


def _jpeg_fault(jpeg: bytes, size: tuple[int, int]) -> str:
    try:
        found = simplejpeg.decode_jpeg_header(jpeg)[:2]
    except ValueError as error:
        return f"is not a JPEG: {error}"
    if found != size:
        return f"has {found} pixels, the record says {size}"
    return "" if jpeg.endswith(b"\xff\xd9") else "is cut"


def _packet_faults(
    storage: str,
    packets: list[bytes],
    size: tuple[int, int],
    key_every: int | None,
) -> Iterator[str]:
    """Decodes each key frame with its dependent frames, separately."""
    if not packets:
        return  # Audio only.
    alone = [packet_frames.is_key(storage, packet) for packet in packets]
    keys = [place for place, key in enumerate(alone) if key]
    every = key_every or len(packets)
    expected = list(range(0, len(packets), every))
    if keys[:1] != [0] or (key_every and keys != expected):
        yield f"frames {keys} decode alone, wanted {expected}"
        return
    for first, stop in itertools.pairwise([*keys, len(packets)]):
        try:
            found = packet_frames.sizes(storage, packets[first:stop])
        except ValueError as error:
            yield f"frames {first} to {stop - 1} cannot be decoded: {error}"
            continue
        for place, each in enumerate(found, start=first):
            if each != size:
                yield f"frame {place} has {each} pixels, the record says {size}"
