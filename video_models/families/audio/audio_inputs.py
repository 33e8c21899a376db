"""The input of an audio network."""

import keras

from pipelines import batch
from tfrecords_tools.base import errors

ops = keras.ops

SPECTROGRAMS = ("log_mel", "mfcc", "spectrogram", "whisper_mel")
_SILENCE = 1e-6  # Variance of a clip below which it is not scaled up.


def build(
    audio: batch.AudioSpec, takes: tuple[str, ...], name: str
) -> keras.KerasTensor:
    """Returns the input, float32 `[B, *audio.shape]`, named as in a batch.

    Args:
        audio: what the pipeline gives.
        takes: the features that the network accepts.
        name: of the network, the value of its flag.

    Raises:
        UserError: the network does not accept these features.
    """
    if audio.features not in takes:
        raise errors.UserError(
            f"--audio_backbone={name} got --audio.features={audio.features}: "
            f"wanted --audio.features={' or '.join(takes)}, or another "
            "--audio_backbone"
        )
    return keras.Input(audio.shape, dtype="float32", name=audio.name)


def standardize(x: keras.KerasTensor) -> keras.KerasTensor:
    """Mean 0 and variance 1 over all values of a clip, in float32.

    Networks then see the same whatever the units and the loudness. Silence
    becomes 0.

    Args:
        x: float32 [B, ...].

    Returns:
        The same shape and dtype.
    """
    axes = tuple(range(1, len(x.shape)))
    x = x - ops.mean(x, axes, keepdims=True)
    variance = ops.mean(ops.square(x), axes, keepdims=True)
    return x * ops.rsqrt(variance + _SILENCE)
