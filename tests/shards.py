"""Small real shards, written without the code that cuts real videos.

In `coded` clips every frame tells its clip and its own number by colour. The
samples of the sound tell their own numbers, words and spans of speech when
their chunk begins.
"""

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable

import cv2
import google_crc32c
import numpy as np
import simplejpeg

from tfrecords_tools import manifest, schema
from tfrecords_tools.base import settings
from tfrecords_tools.base.files import shard_index, tfrecord
from tfrecords_tools.media import reader
from tfrecords_tools.media.frames import frame_packets

STEP = 6  # between neighbours in red and green; JPEG errs by 1 or 2
RATE = 1000  # samples a second


@dataclasses.dataclass(frozen=True)
class Clip:
    """One clip to write: its number in the split, length and labels.

    Attributes:
        times: of its frames, then the end of the last, microseconds; not
            given: 25 frames a second.
    """

    number: int
    frames: int
    labels: tuple[str, ...] = ()
    tasks: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    times: tuple[int, ...] = ()

    @property
    def edges(self) -> tuple[int, ...]:
        """`times`, whether given or not."""
        return self.times or tuple(range(0, 40_000 * self.frames + 1, 40_000))


Draw = Callable[[Clip, int], np.ndarray]


def coded(clip: Clip, frame: int) -> np.ndarray:
    """uint8 [24, 32, 3]: red is the clip, green the frame, blue a ramp."""
    image = np.zeros((24, 32, 3), np.uint8)
    image[..., 0] = STEP * clip.number
    image[..., 1] = STEP * frame
    image[..., 2] = np.linspace(0, 255, 32)
    return image


def clips_in(frames: np.ndarray) -> np.ndarray:
    """The clip numbers in uint8 [..., H, W, 3]."""
    return np.rint(frames[..., 0].mean((-2, -1)) / STEP).astype(int)


def frames_in(frames: np.ndarray) -> np.ndarray:
    """The frame numbers in uint8 [..., H, W, 3]."""
    return np.rint(frames[..., 1].mean((-2, -1)) / STEP).astype(int)


def samples_in(waveform: np.ndarray) -> np.ndarray:
    """The numbers of samples."""
    return np.rint(waveform * 2**15).astype(int)


def write(
    folder: pathlib.Path,
    splits: dict[str, list[Clip]],
    draw: Draw = coded,
    shards: int = 3,
    chunk_frames: int = 8,
    labels: tuple[str, ...] = ("a", "b", "c"),
    tasks: dict[str, tuple[str, ...]] | None = None,
    storage: str = "jpeg",
    key_every: int = 4,
    extras: tuple[str, ...] = (),
    **more: object,
) -> pathlib.Path:
    """Writes each split into `shards` files, and the manifest, with `more`."""
    contents = schema.Contents(tuple(tasks or {}), extras)
    form = reader.Config(storage=storage, key_every=key_every, crf=4)
    every = [clip for clips in splits.values() for clip in clips]
    made = manifest.Manifest(
        labels=labels,
        tasks=tasks or {},
        several_labels=any(len(clip.labels) > 1 for clip in every),
        splits={
            split: tuple(
                _shard(
                    folder / f"{split}-{place:05d}-of-{shards:05d}.tfrecord",
                    [clips[i] for i in part],
                    draw,
                    chunk_frames,
                    {"": labels, **(tasks or {})},
                    form,
                    contents,
                )
                for place, part in enumerate(
                    np.array_split(np.arange(len(clips)), shards)
                )
            )
            for split, clips in splits.items()
        },
        settings={
            "media": settings.to_dict(form),
            "sound": {"rate": RATE},
        },
        extras=extras,
        storage=storage,
        key_every=form.distance_of_keys,
        label_counts={
            split: tuple(
                sum(name in clip.labels for clip in clips) for name in labels
            )
            for split, clips in splits.items()
        },
        **more,
    )
    manifest.write(folder, made)
    return folder


def _shard(
    path, clips, draw, chunk_frames, names, form, contents
) -> manifest.Shard:
    rows, offset = [], 0
    with path.open("wb") as file:
        for clip in clips:
            images = [draw(clip, frame) for frame in range(clip.frames)]
            encoded = _encoded(images, form)
            for first in range(0, clip.frames, chunk_frames):
                chunk = encoded[first : first + chunk_frames]
                about = {
                    "frames": chunk,
                    "format": form.storage,
                    "height": images[0].shape[0],
                    "width": images[0].shape[1],
                }
                record = about | _record(clip, first, len(chunk), names)
                data = schema.encode(record, contents)
                crc = google_crc32c.value(data)
                file.write(tfrecord.frame(data, crc))
                span = record["start_time"], record["end_time"]
                place = (clip.number, offset, len(data), crc)
                rows.append((*place, first, len(chunk), *span))
                offset += len(data) + 16
    index = shard_index.path_of(path)
    shard_index.write(index, np.array(rows), schema.VERSION)
    return manifest.Shard(
        name=path.name,
        clips=len(clips),
        chunks=len(rows),
        frames=sum(clip.frames for clip in clips),
        size=offset,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        index_sha256=hashlib.sha256(index.read_bytes()).hexdigest(),
    )


def planes_of(image: np.ndarray) -> list[np.ndarray]:
    """Full-range BT.601 planes, 4:2:0, of uint8 [H, W, 3] RGB."""
    y, v, u = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
    half = image.shape[1] // 2, image.shape[0] // 2
    small = [cv2.resize(c, half, interpolation=cv2.INTER_AREA) for c in (u, v)]
    return [y, *small]


def _encoded(images: list[np.ndarray], form: reader.Config) -> list[bytes]:
    if form.storage == "jpeg":
        return [
            simplejpeg.encode_jpeg(image, 95, colorsubsampling="444")
            for image in images
        ]
    encoder = frame_packets.Encoder(form.storage, form.crf, form.key_every)
    return [encoder.encode(planes_of(image)) for image in images]


def _record(clip, first, count, names) -> dict:
    times = clip.edges[first : first + count]
    end = clip.edges[first + count]
    first_sample, last_sample = (
        time * RATE // 10**6 for time in (times[0], end)
    )
    record = {
        "times": times,
        "frame_rate": 25.0,
        "path": f"{clip.number}.mp4",
        "media_id": f"{clip.number}",
        "start_time": times[0],
        "end_time": end,
        "caption": "",
        "sample_rate": float(RATE),
        "waveform": np.arange(first_sample, last_sample) / 2**15,
        "voice_starts": [times[0]],
        "voice_ends": [times[0] + 1000],
        "words": [f"w{first}"],
        "word_times": [times[0]],
        "word_lengths": [1000],
    }
    for task, known in names.items():
        given = clip.tasks.get(task, ()) if task else clip.labels
        prefix = f"{task}." if task else ""
        record[f"{prefix}labels"] = list(given)
        record[f"{prefix}label_ids"] = [known.index(each) for each in given]
    return record
