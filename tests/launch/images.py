"""Images as clients send them to a server, honest ones and others."""

import struct
import zlib

import cv2
import numpy as np

PROGRESSIVE = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)


def waves(height=20, width=24):
    """uint8 [height, width, 3]."""
    rows, columns = np.mgrid[0:height, 0:width]
    both = np.sin(rows / 3)[..., None] + np.cos(columns / 4)[..., None]
    return (127 + 60 * both * np.array([1.0, 0.5, -1.0])).astype(np.uint8)


def encoded(pixels, ending=".jpg", settings=()):
    """Bytes of an image file; `settings` as OpenCV takes them."""
    return cv2.imencode(ending, pixels, settings)[1].tobytes()


def grey(height, width, ending=".jpg", settings=()):
    """A large one of few bytes."""
    return encoded(np.full((height, width), 128, np.uint8), ending, settings)


def png(height, width, data=b"\0" * 99):
    """One whose header may declare what is not there."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(data)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        png_chunk(kind, data) for kind, data in chunks
    )


def png_chunk(kind, data):
    """Bytes of one chunk of a PNG."""
    checksum = zlib.crc32(kind + data)
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
    )


def with_chunks(png, *chunks, at=33):
    """A PNG with further chunks, after its header or at another place."""
    return png[:at] + b"".join(png_chunk(*each) for each in chunks) + png[at:]


def bmp(height, width):
    """A header without pixels."""
    about = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, *[0] * 6)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + about


def gif(frames, height=20, width=24):
    """An animated one; every frame is one dot of the canvas."""
    canvas = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    dot = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + canvas + dot * frames + b";"


def with_size(jpeg, height, width):
    """A JPEG whose header declares another size."""
    at = jpeg.index(b"\xff\xc0")
    size = struct.pack(">HH", height, width)
    return jpeg[: at + 5] + size + jpeg[at + 9 :]


def with_exif(jpeg, data=b"Exif\0\0MM\0*\0\0\0\x08\0\0"):
    """A JPEG with an Exif segment."""
    return (
        jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data
    ) + jpeg[2:]
