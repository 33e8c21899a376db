"""Converts the waveforms of a request to what a network takes of audio.

By the functions of `pipelines.audio`, in the graph.
"""

import dataclasses

import tensorflow as tf

from launch.requests import request_limits
from pipelines import batch
from pipelines.audio import audio_features
from tfrecords_tools.media.audio import audio_reader

NAME = "waveform"


@dataclasses.dataclass(frozen=True)
class AudioInput:
    """The audio of a clip, as clients send it.

    Attributes:
        rate: samples per second, of one channel.
        samples: most per clip; shorter audio is followed by silence.
        media: how the audio of the training shards was read.
    """

    rate: int
    samples: int
    media: audio_reader.Config


class ServedAudio:
    """Checks waveforms and computes features.

    Attributes:
        samples: most per clip.
    """

    def __init__(
        self,
        config: audio_features.Config,
        clip: batch.ClipSpec,
        spec: batch.AudioSpec,
    ):
        """Builds the function; the arguments are those of training."""
        self._spec = spec
        self.samples = round(audio_features.seconds(config, clip) * spec.rate)
        config = dataclasses.replace(config, voice=False)
        self._build = lambda: audio_features.build(
            config, clip, spec.rate, has_voice=False
        )

    @property
    def entry_specs(self) -> dict[str, tf.TensorSpec]:
        """The entries of one clip, by name."""
        return {
            "has_audio": tf.TensorSpec((), tf.float32),
            self._spec.name: tf.TensorSpec(self._spec.shape, tf.float32),
        }

    def rules(self, waveform: tf.Tensor) -> list[request_limits.Rule]:
        """The rules for `waveform`, float32 [N, samples]."""
        given, rate = tf.shape(waveform)[1], self._spec.rate
        largest = tf.reduce_max(tf.abs(waveform))
        return [
            (
                given <= self.samples,
                lambda: request_limits.text(
                    "waveform has ",
                    given,
                    f" samples, wanted at most {self.samples}, "
                    f"{self.samples / rate:g} s of {rate} samples per second: "
                    f"resample the audio to {rate} Hz, or send that of the "
                    "clip's frames alone",
                ),
            ),
            (
                # False for NaN, too.
                (tf.size(waveform) == 0) | (largest <= 1.0),
                lambda: request_limits.text(
                    "waveform has the value ",
                    largest,
                    ", wanted -1 to 1: divide samples of 16 bits by 32768",
                ),
            ),
        ]

    def entries(self, waveform: tf.Tensor) -> dict[str, tf.Tensor]:
        """Audio features.

        Args:
            waveform: float32 [N, samples], which starts with the first frame;
                of zeros, or without samples, where a clip has no audio.

        Returns:
            The entries of a batch, see `audio_features`.
        """
        spec, features = self._spec, self._build()
        # Samples beyond those given are silence.
        end = 1_000_000 * (spec.samples + 1) // spec.rate + 1
        none = tf.zeros((0,), tf.int64)

        def of_clip(samples: tf.Tensor) -> dict[str, tf.Tensor]:
            start = tf.constant(0, tf.int64)
            span = tf.constant([0, end], tf.int64)
            audio = audio_features.ClipAudio(samples, start, span, none, none)
            return features(audio, None)

        return tf.map_fn(
            of_clip, waveform, fn_output_signature=self.entry_specs
        )


def describe(
    config: audio_features.Config,
    clip: batch.ClipSpec,
    spec: batch.AudioSpec,
    media: audio_reader.Config,
) -> AudioInput:
    """What clients send for audio features."""
    samples = ServedAudio(config, clip, spec).samples
    return AudioInput(spec.rate, samples, media)
