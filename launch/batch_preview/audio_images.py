"""Draws what a batch holds of the audio, with time to the right."""

import cv2
import numpy as np

from launch.reporting import drawing

_HEIGHT = 64


def tracks(row: dict[str, np.ndarray], width: int) -> list[np.ndarray]:
    """A titled picture for each kind of audio that there is.

    Args:
        row: one clip's entries of the batch.
        width: pixels that the cut lasts.

    Returns:
        Pictures, each uint8 [height, width, 3].
    """
    found = []
    for name, draw in _DRAWN.items():
        if name in row:
            title = f"{name} {list(row[name].shape)}"
            found.append(drawing.banner(title, width))
            found.append(draw(row[name], width))
    return found


def spectrogram(values: np.ndarray, width: int) -> np.ndarray:
    """float32 [columns, bins]; low ones below, bright where it is loud."""
    low, high = np.nanmin(values), np.nanmax(values)
    shares = (values - low) / max(high - low, 1e-9)
    upright = (255 * np.nan_to_num(shares)).astype(np.uint8).T[::-1]
    way = cv2.INTER_AREA if width < len(values) else cv2.INTER_NEAREST
    scaled = cv2.resize(upright, (width, upright.shape[0]), interpolation=way)
    height = max(_HEIGHT, upright.shape[0])
    scaled = cv2.resize(
        scaled, (width, height), interpolation=cv2.INTER_NEAREST
    )
    colored = cv2.applyColorMap(
        np.ascontiguousarray(scaled), cv2.COLORMAP_MAGMA
    )
    return cv2.cvtColor(colored, cv2.COLOR_BGR2RGB)


def waveform(samples: np.ndarray, width: int) -> np.ndarray:
    """float32 [samples]; each column reaches from the least to the greatest."""
    picture = np.full((_HEIGHT, width, 3), drawing.WHITE, np.uint8)
    most = max(float(np.abs(samples).max(initial=0.0)), 1e-9)
    edges = np.linspace(0, len(samples), width + 1).astype(int)
    middle = (_HEIGHT - 1) / 2
    for left in range(width):
        part = samples[edges[left] : max(edges[left + 1], edges[left] + 1)]
        top, bottom = middle * (1 - part.max() / most), part.min() / most
        last = middle * (1 - bottom)
        picture[round(top) : round(last) + 1, left] = (40, 80, 160)
    return picture


def voice(flags: np.ndarray, width: int) -> np.ndarray:
    """float32 [columns or samples]; green where somebody speaks."""
    shown = np.asarray(flags, np.float32)[None]
    way = cv2.INTER_AREA if width < shown.shape[1] else cv2.INTER_NEAREST
    share = cv2.resize(shown, (width, 8), interpolation=way)[..., None]
    quiet, speech = np.array((225, 225, 225)), np.array((30, 150, 60))
    return (quiet + share * (speech - quiet)).astype(np.uint8)


_DRAWN = {"spectrogram": spectrogram, "waveform": waveform, "voice": voice}
