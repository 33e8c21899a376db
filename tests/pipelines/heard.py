"""Audio whose every sample is known, as a clip's record holds it."""

import numpy as np
import tensorflow as tf

from pipelines import batch
from pipelines.audio import audio_features

RATE = 16_000
SECOND = 1_000_000
CLIP = batch.ClipSpec(frames=4)
SEED = np.array([3, 4], np.int64)


def tone(hertz: float, seconds: float, rate: int = RATE) -> np.ndarray:
    """float32 [n], at half the full scale."""
    time = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def two_tones(change: float, seconds: float, rate: int = RATE) -> np.ndarray:
    """float32 [n]: 440 Hz, from `change` seconds on 1760 Hz."""
    later = np.arange(round(seconds * rate)) >= change * rate
    low, high = (tone(hertz, seconds, rate) for hertz in (440, 1760))
    return np.where(later, high, low)


def audio(
    waveform: np.ndarray = np.zeros(0, np.float32),
    start: int = 0,
    span: tuple[int, int] = (0, SECOND),
    voice: tuple[tuple[int, int], ...] = (),
) -> audio_features.ClipAudio:
    """What was read of a clip; times in microseconds."""
    starts, ends = np.array(voice, np.int64).reshape(-1, 2).T
    return audio_features.ClipAudio(
        tf.constant(waveform, tf.float32),
        tf.constant(start, tf.int64),
        tf.constant(span, tf.int64),
        tf.constant(starts),
        tf.constant(ends),
    )


def entries(run, given, seed=None, rate=RATE, clip=CLIP, **config):
    """The entries made of the audio, by name; `seconds` is 1 if not said."""
    config = audio_features.Config(**{"seconds": 1.0} | config)
    made = audio_features.build(config, clip, rate, has_voice=True)
    found = run(
        lambda *parts: made(audio_features.ClipAudio(*parts), seed), *given
    )
    return {name: value.numpy() for name, value in found.items()}
