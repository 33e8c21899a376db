"""What is compared: each makes JPEGs of one video, or only decodes it."""

import pathlib
from typing import NamedTuple

import av

from tests.benchmarks.encoding import dmvr_peer
from tfrecords_tools.media import reader


class Video(NamedTuple):
    """One video, and what the peer must be told about it.

    Attributes:
        path: the file.
        seconds: its length.
        frame_rate: frames a second, all that it has.
        short_side: pixels to store; the peer would scale small videos up.
    """

    path: pathlib.Path
    seconds: float
    frame_rate: float
    short_side: int


class Yield(NamedTuple):
    """Frames and bytes that came out of a video, or out of all."""

    frames: int
    size: int


def decode(video: Video) -> Yield:
    """The limit: frames are decoded and forgotten."""
    with av.open(str(video.path)) as file:
        stream = file.streams.best("video")
        stream.codec_context.thread_count = 1
        return Yield(sum(1 for _ in file.decode(stream)), 0)


def read(video: Video) -> Yield:
    """Our reader, without writing."""
    config = reader.Config(short_side=video.short_side)
    sizes = [len(frame.data) for frame in reader.read_frames(video[0], config)]
    return Yield(len(sizes), sum(sizes))


def extract(video: Video, quality: int | None = None) -> Yield:
    """The peer's JPEGs, without writing."""
    jpegs = dmvr_peer.frames(dmvr_peer.command(*video, quality))
    return Yield(len(jpegs), sum(map(len, jpegs)))


def record(video: Video, folder: str, quality: int | None = None) -> Yield:
    """The peer's JPEGs in a file of SequenceExamples."""
    import tensorflow as tf

    jpegs = dmvr_peer.frames(dmvr_peer.command(*video, quality))
    example = dmvr_peer.record(video.path, video.seconds, jpegs)
    with tf.io.TFRecordWriter(f"{folder}/{video.path.name}") as writer:
        writer.write(example.SerializeToString())
    return Yield(len(jpegs), sum(map(len, jpegs)))
