"""A clip stored with an export, with the trained network's scores.

The clip is a synthetic moving pattern, never a user's video.
"""

import base64
import json
from typing import Any, NamedTuple

import numpy as np
import simplejpeg

from launch.requests import served_audio

TOLERANCE = {"float32": 1e-4, "bfloat16": 0.02}
"""Largest difference of scores, by the network's compute dtype."""


class GoldenClip(NamedTuple):
    """One clip and its scores.

    Attributes:
        jpegs: its frames; none for networks that see no frames.
        scores: the network's scores by name.
        tolerance: largest accepted difference of an export's scores.
        waveform: float32 [samples]; None for networks that do not hear.
        text: None for networks that do not read.
    """

    jpegs: list[bytes]
    scores: dict[str, np.ndarray]
    tolerance: float
    waveform: np.ndarray | None = None
    text: str | None = None

    @property
    def request(self) -> dict[str, np.ndarray]:
        """The inputs of `serving_default`."""
        found = {}
        if self.jpegs:
            found["frames_bytes"] = np.array([self.jpegs], object)
        if self.waveform is not None:
            found["waveform"] = self.waveform[None]
        if self.text is not None:
            found["text"] = np.array([self.text], object)
        return found

    @property
    def clips(self) -> tuple[list, list, list]:
        """Its frames, waveform and text, for `LoadedModel.answers`."""
        return (
            [self.jpegs],
            [] if self.waveform is None else [self.waveform],
            [] if self.text is None else [self.text],
        )

    def to_json(self) -> str:
        """The text of `golden.json`; bytes are in base 64."""
        values: dict[str, Any] = {
            "frames_bytes": [_encoded(each) for each in self.jpegs],
            "tolerance": self.tolerance,
        }
        if self.waveform is not None:
            values["waveform"] = _encoded(self.waveform.astype("<f4").tobytes())
        if self.text is not None:
            values["text"] = self.text
        scores = {name: each.tolist() for name, each in self.scores.items()}
        return json.dumps({**values, **scores})

    @classmethod
    def from_json(cls, text: str) -> "GoldenClip":
        """The inverse of `to_json`."""
        values = json.loads(text)
        jpegs = [base64.b64decode(each) for each in values.pop("frames_bytes")]
        tolerance = values.pop("tolerance", TOLERANCE["float32"])
        waveform, text = values.pop("waveform", None), values.pop("text", None)
        if waveform is not None:
            waveform = np.frombuffer(base64.b64decode(waveform), "<f4")
        scores = {name: np.array(each) for name, each in values.items()}
        return cls(jpegs, scores, tolerance, waveform, text)

    def difference(self, scores: dict[str, np.ndarray]) -> float:
        """Largest difference between these scores and the stored ones."""
        differences = [
            np.abs(each - self.scores[name]).max()
            for name, each in scores.items()
        ]
        return float(max(differences))


def scores_in(outputs: dict[str, Any]) -> dict[str, np.ndarray]:
    """Selects the scores, or embeddings, among a model's outputs."""
    return {
        k: v.numpy()
        for k, v in outputs.items()
        if "scores" in k or "embedding" in k
    }


def make(
    frames: int, audio: served_audio.AudioInput | None, text: str | None
) -> GoldenClip:
    """Makes the inputs of a clip, without scores.

    Args:
        frames: number of frames.
        audio: its length and rate; None for no audio.
        text: of the clip; None for none.
    """
    jpegs = pattern(frames)
    heard = audio and chirp(audio.samples, audio.rate)
    return GoldenClip(jpegs, {}, TOLERANCE["float32"], heard, text)


def chirp(samples: int, rate: int) -> np.ndarray:
    """A tone that rises from 200 Hz by an octave a second, float32."""
    seconds = (np.arange(samples) / rate) % 3.0
    phase = 200 * (2.0**seconds - 1) / np.log(2)
    return (0.4 * np.sin(2 * np.pi * phase)).astype(np.float32)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


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
