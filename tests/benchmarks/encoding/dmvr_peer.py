"""What DMVR's example script does with one video: ffmpeg to JPEG to records.

Source: github.com/google-deepmind/dmvr, examples/generate_from_file.py. The
command line is the one that it gives to ffmpeg, word for word, but for the
frame rate (10 there) and the path of the binary. It sets no JPEG quality, so
ffmpeg takes its own; `quality` adds `-q:v` for JPEGs of another size.
"""

import pathlib
import subprocess
from typing import Any

_START = b"\xff\xd8"  # The script splits at it: no index is in the stream.


def binary() -> str:
    """The ffmpeg of the package imageio-ffmpeg."""
    import imageio_ffmpeg

    return imageio_ffmpeg.get_ffmpeg_exe()


def version() -> str:
    """Of that ffmpeg."""
    import imageio_ffmpeg

    return imageio_ffmpeg.get_ffmpeg_version()


def command(
    path: pathlib.Path,
    seconds: float,
    frame_rate: float,
    short_side: int,
    quality: int | None = None,
) -> list[str]:
    """The words of the command line.

    Args:
        path: the video.
        seconds: end of the clip, which starts at 0.
        frame_rate: frames a second.
        short_side: pixels; larger and smaller videos are scaled to it.
        quality: 2 (best) to 31; None is what the script does.
    """
    scale = f"scale=(iw/min(iw\\,ih))*{short_side}:-1"
    graph = (
        f"[0]trim=end={seconds}:start=0[s0];[s0]fps=fps={frame_rate:g}[s1];"
        f"[s1]{scale}[s2]"
    )
    words = [binary(), "-i", str(path), "-filter_complex", graph]
    words += ["-map", "[s2]", "-f", "image2pipe"]
    words += [] if quality is None else ["-q:v", str(quality)]
    return [*words, "pipe:"]


def frames(words: list[str]) -> list[bytes]:
    """Runs the command line and splits what comes out into JPEGs."""
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return [_START + part for part in done.stdout.split(_START)[1:]]


def record(path: pathlib.Path, seconds: float, jpegs: list[bytes]) -> Any:
    """A `tf.train.SequenceExample` with the features that the script sets."""
    import tensorflow as tf

    example = tf.train.SequenceExample()
    context = example.context.feature
    context["clip/label/index"].int64_list.value[:] = [0]
    context["clip/label/text"].bytes_list.value[:] = [b"label"]
    context["video/filename"].bytes_list.value[:] = [str(path).encode()]
    context["clip/start/timestamp"].int64_list.value[:] = [0]
    context["clip/end/timestamp"].int64_list.value[:] = [round(1e6 * seconds)]
    stored = example.feature_lists.feature_list["image/encoded"].feature
    for jpeg in jpegs:
        stored.add().bytes_list.value[:] = [jpeg]
    return example
