"""Builds the entries of audio and text of one example from its record."""

import math
from typing import NamedTuple

import tensorflow as tf

from pipelines import batch
from pipelines.audio import audio_features
from pipelines.reading import clip_reading, clip_table
from pipelines.sampling import audio_shift
from pipelines.text import text_choice, text_tokens
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors, registry


class Seeds(NamedTuple):
    """Seeds of the random choices of one training clip, int64 [2] each.

    Attributes:
        mask: for masks of audio features.
        shift: for a second cut of the audio.
        text: for one of several texts.
    """

    mask: tf.Tensor
    shift: tf.Tensor
    text: tf.Tensor


class AudioAndText:
    """Functions of the graph for the audio and text of the clips of a split.

    Attributes:
        unbroken_seconds: see `clip_reading.read`.
        audio_seconds: see `clip_reading.read`.
    """

    def __init__(
        self,
        audio: audio_features.Config,
        text: text_tokens.Config,
        extra_inputs: tuple[registry.Chosen, ...],
        clip: batch.ClipSpec,
        manifest: manifests.Manifest,
    ):
        """Builds the functions.

        Args:
            audio: audio features.
            text: tokens of captions and words.
            extra_inputs: files of `pipelines.extra_inputs`.
            clip: determines the length of the audio, unless `audio` does.
            manifest: of the shards.

        Raises:
            UserError: the shards lack requested data.
        """
        self._manifest, self._text = manifest, text
        self._audio_entries = audio_features.build(
            audio,
            clip,
            audio_features.stored_rate(manifest),
            "voice" in manifest.extras,
        )
        self._text_entries = text_tokens.build(text, manifest)
        self.unbroken_seconds = self.audio_seconds = 0.0
        if audio.is_used:
            self.unbroken_seconds = audio_features.seconds(audio, clip)
            if audio.features != "none":
                self.audio_seconds = self.unbroken_seconds
        if text.tokens != "none" and text.source == "words":
            self.unbroken_seconds = math.inf
        shifts = [each for each in extra_inputs if each.module.SHIFTS_AUDIO]
        self._shift_seconds = shifts[0].config.seconds if shifts else None
        if shifts and audio.features == "none":
            raise errors.UserError(
                f"--extra_inputs={shifts[0].name} without --audio.features: "
                "add --audio.features=log_mel, or another kind"
            )

    def entries(
        self,
        record: dict,
        chunks: clip_table.Chunks,
        seeds: Seeds | None = None,
    ) -> dict[str, tf.Tensor]:
        """Audio features and tokens of the span of the frames.

        Args:
            record: of `clip_reading.read`.
            chunks: of the clip.
            seeds: of training; None in evaluation.
        """
        span = tf.stack([record["times"][0], tf.reduce_max(record["ends"])])
        none = tf.zeros((0,), tf.int64)
        audio = audio_features.ClipAudio(
            record.get("waveform", tf.zeros((0,))),
            record.get("audio_start", span[0]),
            span,
            record.get("voice_starts", none),
            record.get("voice_ends", none),
        )
        text = text_tokens.Text(
            record["caption"],
            record.get("words", tf.zeros((0,), tf.string)),
            record.get("word_times", none),
            record.get("word_lengths", none),
            span,
            _several(record, self._text.source),
        )
        found = {
            **self._audio_entries(audio, seeds and seeds.mask),
            **self._text_entries(text, seeds and seeds.text),
        }
        if self._shift_seconds is not None:
            found |= self._shifted(span, chunks, seeds)
        return found

    def _shifted(
        self,
        span: tf.Tensor,
        chunks: clip_table.Chunks,
        seeds: Seeds | None,
    ) -> dict[str, tf.Tensor]:
        """`shifted_audio`, see `extra_inputs.shifted_audio`."""
        offset, fits = audio_shift.offset(
            span, *chunks.span(), self._shift_seconds, seeds and seeds.shift
        )
        span = span + offset
        heard = clip_reading.read_audio(
            chunks, span, self.audio_seconds, self._manifest
        )
        none = tf.zeros((0,), tf.int64)
        audio = audio_features.ClipAudio(*heard, span, none, none)
        entries = self._audio_entries(audio, seeds and seeds.mask)
        (name,) = entries.keys() & {"waveform", "spectrogram"}
        return {
            "shifted_audio": entries[name],
            "has_shifted_audio": entries["has_audio"]
            * tf.cast(fits, tf.float32),
        }


def _several(record: dict, source: str) -> text_choice.Texts | None:
    """The captions or questions of a record, if they are the source."""
    if source == "captions":
        texts = record["captions"]
        starts, ends = record["caption_starts"], record["caption_ends"]
        return text_choice.Texts(texts, starts, ends, tf.zeros_like(texts))
    if source == "question":
        texts = record["questions"]
        whole = tf.fill(tf.shape(texts), tf.constant(-1, tf.int64))
        return text_choice.Texts(texts, whole, whole, record["answers"])
    return None
