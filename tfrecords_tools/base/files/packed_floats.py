"""Encodes and decodes a protocol-buffer FloatList without Python floats.

One Python object per number would take nine times as much memory.
"""

from typing import Any

import numpy as np

_FIELD = b"\x0a"  # Number 1, its length and its bytes follow.


def encode(values: Any) -> bytes:
    """Returns the serialized message; empty for no numbers."""
    packed = np.asarray(values, "<f4").tobytes()
    return _FIELD + _varint(len(packed)) + packed if packed else b""


def decode(message: bytes, count: int) -> np.ndarray:
    """Returns the message's numbers as read-only float32 [count]."""
    return np.frombuffer(message, "<f4", offset=len(message) - 4 * count)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    return bytes([*encoded, value])
