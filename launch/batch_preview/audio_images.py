"""Draws the audio entries of a batch; time runs to the right."""

import cv2
import numpy as np

from launch.reporting import drawing

_HEIGHT = 64


def tracks(row: dict[str, np.ndarray], width: int) -> list[np.ndarray]:
    """Returns a titled image for each audio entry.

    Args:
        row: entries of one clip.
        width: of the audio, pixels.

    Returns:
        Images, each uint8 [height, width, 3].
    """
    images = []
    for name, draw in _DRAWN.items():
        if name in row:
            title = f"{name} {list(row[name].shape)}"
            images.append(drawing.banner(title, width))
            images.append(draw(row[name], width))
    return images


def spectrogram(values: np.ndarray, width: int) -> np.ndarray:
    """Draws float32 [columns, bins]: low bins at the bottom, loud is bright."""
    low, high = np.nanmin(values), np.nanmax(values)
    levels = (values - low) / max(high - low, 1e-9)
    upright = (255 * np.nan_to_num(levels)).astype(np.uint8).T[::-1]
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
    """Draws float32 [samples]: minimum to maximum per column."""
    image = np.full((_HEIGHT, width, 3), drawing.WHITE, np.uint8)
    peak = max(float(np.abs(samples).max(initial=0.0)), 1e-9)
    edges = np.linspace(0, len(samples), width + 1).astype(int)
    middle = (_HEIGHT - 1) / 2
    for left in range(width):
        column = samples[edges[left] : max(edges[left + 1], edges[left] + 1)]
        top, bottom = middle * (1 - column.max() / peak), column.min() / peak
        last = middle * (1 - bottom)
        image[round(top) : round(last) + 1, left] = (40, 80, 160)
    return image


def voice(flags: np.ndarray, width: int) -> np.ndarray:
    """Draws float32 [columns or samples]: speech is green."""
    shown = np.asarray(flags, np.float32)[None]
    way = cv2.INTER_AREA if width < shown.shape[1] else cv2.INTER_NEAREST
    fraction = cv2.resize(shown, (width, 8), interpolation=way)[..., None]
    quiet, speech = np.array((225, 225, 225)), np.array((30, 150, 60))
    return (quiet + fraction * (speech - quiet)).astype(np.uint8)


_DRAWN = {"spectrogram": spectrogram, "waveform": waveform, "voice": voice}
