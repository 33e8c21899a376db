"""Renders videos that cost what real ones cost to decode and to store.

Textures with the spectrum of natural pictures move over smooth gradients, so
that a 340x256 JPEG of quality 90 has 20 to 30 kB.
"""

import pathlib
from collections.abc import Iterator

import av
import cv2
import numpy as np

OPTIONS = {"preset": "veryfast", "crf": "18", "g": "250"}


def write(
    path: pathlib.Path,
    width: int,
    height: int,
    seconds: float,
    seed: int = 0,
    frame_rate: int = 30,
    options: dict[str, str] = OPTIONS,
) -> pathlib.Path:
    """Writes one H.264 mp4, if it is not there already.

    Args:
        path: file to write; its folder is made.
        width: pixels, even.
        height: pixels, even.
        seconds: how long it is.
        seed: equal seeds give equal pictures.
        frame_rate: frames a second.
        options: of x264.
    """
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with av.open(str(unfinished), "w", "mp4") as file:
        stream = file.add_stream("libx264", rate=frame_rate, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in pictures(
            width, height, round(seconds * frame_rate), seed
        ):
            frame = av.VideoFrame.from_ndarray(picture, "bgr24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    unfinished.rename(path)
    return path


def pictures(
    width: int, height: int, count: int, seed: int
) -> Iterator[np.ndarray]:
    """Yields uint8 [height, width, 3] BGR pictures of one moving scene."""
    random = np.random.default_rng(seed)
    scale = height / 256  # The same scene whatever the size.
    ground = _texture(random, width, height, scale)
    figures = [_texture(random, width, height, scale) for _ in range(3)]
    speeds = random.uniform(-2.5, 2.5, (4, 2)) * scale
    shades = np.linspace(-40, 40, width)[None, :, None] * random.uniform(
        -1, 1, 3
    ) + np.linspace(-40, 40, height)[:, None, None] * random.uniform(-1, 1, 3)
    for number in range(count):
        picture = _moved(ground, speeds[0] * number, width, height)
        picture = picture + shades
        for place, figure in enumerate(figures):
            mask = _ellipse(width, height, place, speeds[place + 1] * number)
            moved = _moved(figure, -speeds[place + 1] * number, width, height)
            picture = np.where(mask[..., None], moved, picture)
        yield picture.clip(0, 255).astype(np.uint8)


def _texture(
    random: np.random.Generator, width: int, height: int, scale: float
) -> np.ndarray:
    """float32 [2 h, 2 w, 3] around 128, amplitude about 1 / frequency."""
    size = 2 * height, 2 * width
    texture = np.full((*size, 3), 128, np.float32)
    for cell in (2.2, 4, 8, 16, 32, 64):
        shape = [max(2, round(side / (cell * scale))) for side in size]
        gray = random.normal(0, 4.4 * cell**0.45, (*shape, 1))
        color = gray + random.normal(0, 0.5 * cell**0.4, (*shape, 3))
        texture += cv2.resize(
            color.astype(np.float32), size[::-1], interpolation=cv2.INTER_CUBIC
        )
    return texture


def _moved(
    texture: np.ndarray, offset: np.ndarray, width: int, height: int
) -> np.ndarray:
    """Cuts a picture out of a texture; it swings inside the margins."""
    room = width / 2, height / 2
    x, y = (
        side + side * np.sin(step / side)
        for side, step in zip(room, offset, strict=True)
    )
    change = np.float32([[1, 0, -x], [0, 1, -y]])
    return cv2.warpAffine(texture, change, (width, height))


def _ellipse(
    width: int, height: int, place: int, offset: np.ndarray
) -> np.ndarray:
    """bool [height, width], where a figure stands."""
    middle = (
        int(width * (0.25 + 0.25 * place) + offset[0]) % width,
        int(height * 0.55 + offset[1]) % height,
    )
    mask = np.zeros((height, width), np.uint8)
    axes = height // 10, height // 4
    cv2.ellipse(mask, middle, axes, 15 * place, 0, 360, 1, -1)
    return mask.astype(bool)
