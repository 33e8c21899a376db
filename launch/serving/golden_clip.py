"""A clip stored with an export, with the trained network's scores.

The clip is a synthetic moving pattern, never a user's video.
"""

import base64
import json
from typing import Any, NamedTuple

import numpy as np
import simplejpeg

TOLERANCE = {"float32": 1e-4, "bfloat16": 0.02}
"""Largest difference of scores, by the network's compute dtype."""


class GoldenClip(NamedTuple):
    """One clip and its scores.

    Attributes:
        jpegs: its frames.
        scores: the network's scores by name.
        tolerance: largest accepted difference of an export's scores.
    """

    jpegs: list[bytes]
    scores: dict[str, np.ndarray]
    tolerance: float

    def to_json(self) -> str:
        """The text of `golden.json`."""
        scores = {name: each.tolist() for name, each in self.scores.items()}
        frames = [base64.b64encode(each).decode() for each in self.jpegs]
        return json.dumps(
            {"frames_bytes": frames, "tolerance": self.tolerance, **scores}
        )

    @classmethod
    def from_json(cls, text: str) -> "GoldenClip":
        """The inverse of `to_json`."""
        values = json.loads(text)
        jpegs = [base64.b64decode(each) for each in values.pop("frames_bytes")]
        tolerance = values.pop("tolerance", TOLERANCE["float32"])
        scores = {name: np.array(each) for name, each in values.items()}
        return cls(jpegs, scores, tolerance)

    def difference(self, scores: dict[str, np.ndarray]) -> float:
        """Largest difference between these scores and the stored ones."""
        differences = [
            np.abs(each - self.scores[name]).max()
            for name, each in scores.items()
        ]
        return float(max(differences))


def scores_in(outputs: dict[str, Any]) -> dict[str, np.ndarray]:
    """Selects the scores among a model's outputs."""
    return {k: v.numpy() for k, v in outputs.items() if "scores" in k}


def pattern(frames: int) -> list[bytes]:
    """The JPEG frames, 120 pixels high and 160 wide."""
    rows, columns = np.mgrid[0:120, 0:160]
    jpegs = []
    for number in range(frames):
        waves = [
            127 + 127 * np.sin((rows * a + columns * b) / 9 + number * c)
            for a, b, c in ((1, 0, 0.5), (0, 1, 0.3), (0.7, 0.7, -0.4))
        ]
        pixels = np.stack(waves, axis=-1).round().astype(np.uint8)
        jpegs.append(simplejpeg.encode_jpeg(pixels, quality=90))
    return jpegs
