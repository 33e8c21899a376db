"""Little videos whose frames carry their own number."""

import pathlib
from fractions import Fraction

import av
import numpy as np

SIZE = (96, 160)  # height, width
BITS = 6


def numbered(number: int) -> np.ndarray:
    """uint8 [96, 160, 3]: `number` as black and white bars."""
    image = np.full((*SIZE, 3), 110, np.uint8)
    for bit in range(BITS):
        lit = 255 * (number >> bit & 1)
        image[16:80, 16 + 20 * bit : 36 + 20 * bit] = lit
    return image


def number_in(image: np.ndarray) -> int:
    """The number that `numbered` drew, at any scale."""
    height, width = image.shape[:2]
    columns = [(26 + 20 * bit) * width // SIZE[1] for bit in range(BITS)]
    row = image[height // 2, columns].mean(axis=-1)
    return sum(1 << bit for bit in range(BITS) if row[bit] > 128)


def write_video(
    path: pathlib.Path,
    images: list[np.ndarray],
    times: list[int] | None = None,
    time_base: Fraction = Fraction(1, 30),
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    rotation: int = 0,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    tags: dict[str, int] | None = None,
    matrix: str | None = None,
    sound_seconds: float = 0,
) -> pathlib.Path:
    """Encodes RGB images shown at `times` (in time bases)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", options=container_options or {}) as file:
        stream = file.add_stream(codec, rate=1 / time_base)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = time_base
        stream.options = {"crf": "10"} if codec == "libx264" else {}
        stream.options |= options or {}
        for name, value in (tags or {}).items():
            setattr(stream.codec_context, name, value)
        if rotation:
            stream.set_display_rotation(rotation)
        sound = None
        if sound_seconds:
            sound = file.add_stream("aac", rate=16000, layout="mono")
        for place, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image)
            if tags or matrix:
                frame = frame.reformat(
                    format=pix_fmt,
                    dst_colorspace=matrix or tags.get("colorspace"),
                    dst_color_range=(tags or {}).get("color_range"),
                )
            frame.pts = place if times is None else times[place]
            frame.time_base = time_base
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if sound:
            _add_sound(file, sound, sound_seconds)
    return path


def _add_sound(file, stream, seconds: float) -> None:
    samples = np.zeros((1, round(16000 * seconds)), np.float32)
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
    frame.sample_rate = 16000
    frame.pts = 0
    file.mux(stream.encode(frame))
    file.mux(stream.encode(None))
