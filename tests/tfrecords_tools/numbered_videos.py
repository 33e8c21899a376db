"""Little videos whose frames carry their own number."""

import pathlib
import struct
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np

SIZE = (96, 160)  # height, width
BITS = 6
BLOCK = 16  # Pixels of a side; four rows of six make a coded picture.


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


def coded(number: int) -> np.ndarray:
    """uint8 [64, 96, 3]: 16 bits of `number` and 8 check bits as blocks."""
    word = number << 8 | _check(number)
    bits = np.array([word >> bit & 1 for bit in range(24)], np.uint8)
    blocks = 255 * bits.reshape(4, 6)
    return np.kron(blocks, np.ones((BLOCK, BLOCK), np.uint8))[..., None].repeat(
        3, -1
    )


def code_in(image: np.ndarray) -> int:
    """The number that `coded` drew, at any scale.

    Raises:
        ValueError: no such picture, or not upright and whole.
    """
    height, width = image.shape[:2]
    rows = [(2 * row + 1) * height // 8 for row in range(4)]
    columns = [(2 * column + 1) * width // 12 for column in range(6)]
    levels = image[np.ix_(rows, columns)].mean(axis=-1).ravel()
    word = sum(1 << bit for bit, level in enumerate(levels) if level > 128)
    number, check = divmod(word, 256)
    if check != _check(number) or (abs(levels - 128) < 64).any():
        raise ValueError(f"no number can be read: {levels.round()}")
    return number


def _check(number: int) -> int:
    return (number * 151 + 90) % 251


def write_video(
    path: pathlib.Path,
    images: list[np.ndarray],
    times: list[int] | None = None,
    time_base: Fraction = Fraction(1, 30),
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    rotation: int = 0,
    display_matrix: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    tags: dict[str, int] | None = None,
    matrix: str | None = None,
    sound_seconds: float = 0,
    sound_codec: str = "aac",
    sound_first: bool = False,
) -> pathlib.Path:
    """Encodes RGB images shown at `times` (in time bases)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", options=container_options or {}) as file:
        sound = None
        if sound_first:
            sound = file.add_stream(sound_codec, rate=16000, layout="mono")
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
        if display_matrix is not None:
            stream.set_display_matrix(display_matrix)
        if sound_seconds and not sound_first:
            sound = file.add_stream(sound_codec, rate=16000, layout="mono")
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
    # Pieces, so that sound lies between the pictures as it does in films.
    for start in range(0, round(16000 * seconds), 1024):
        length = min(1024, round(16000 * seconds) - start)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, length), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate, frame.pts = 16000, start
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))


def replace_edits(
    path: pathlib.Path, edits: list[tuple[float, float | None]]
) -> None:
    """Gives an mp4's first track another edit list; `moov` stands last.

    Source: ISO/IEC 14496-12, 8.6.6.

    Args:
        path: the file to change.
        edits: length, and start in the track's own time, seconds; a start
            of None shows nothing.
    """
    data = bytearray(path.read_bytes())
    moov = _box(data, 0, b"moov")
    trak = _box(data, moov + 8, b"trak")
    edts = _box(data, trak + 8, b"edts")
    mdhd = _box(data, _box(data, trak + 8, b"mdia") + 8, b"mdhd")
    mvhd = _box(data, moov + 8, b"mvhd")
    assert moov + _length(data, moov) == len(data) and not data[mdhd + 8]
    film, track = (
        int.from_bytes(data[box + 20 : box + 24], "big") for box in (mvhd, mdhd)
    )
    rows = b"".join(
        struct.pack(
            ">IiI",
            round(length * film),
            -1 if start is None else round(start * track),
            1 << 16,
        )
        for length, start in edits
    )
    elst = struct.pack(">I4sII", 16 + len(rows), b"elst", 0, len(edits)) + rows
    made = struct.pack(">I4s", 8 + len(elst), b"edts") + elst
    old = _length(data, edts)
    data[edts : edts + old] = made
    for box in (moov, trak):
        size = _length(data, box) + len(made) - old
        data[box : box + 4] = size.to_bytes(4, "big")
    path.write_bytes(data)


def _length(data: bytes, box: int) -> int:
    return int.from_bytes(data[box : box + 4], "big")


def _box(data: bytes, place: int, kind: bytes) -> int:
    """Where the first box of a kind begins, from `place` on."""
    while data[place + 4 : place + 8] != kind:
        assert _length(data, place) >= 8, f"no {kind} before {place}"
        place += _length(data, place)
    return place
