"""Audio features of the sampled frames.

    has_audio    float32  [], 0 if all samples that were read are 0, as those
                          of videos without audio are stored; else 1
    waveform     float32  [samples], in [-1, 1] unless normalised
    spectrogram  float32  [columns, bins]: amplitudes, decibels or MFCC
    voice        float32  [columns], or [samples] beside a waveform

The audio starts with the first sampled frame and has a fixed length.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from pipelines import batch
from pipelines.audio import (
    audio_columns,
    audio_cut,
    audio_masks,
    audio_scaling,
    audio_settings,
    whisper_mel,
)
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors

Config = audio_settings.Config

_RATE_WITHOUT_AUDIO = 16_000  # For voice only: the rate of its detection.


class ClipAudio(NamedTuple):
    """Audio of one clip, as read from its records.

    Attributes:
        waveform: float32 [n], contiguous samples; ignored if not requested.
        start: int64 [], time of the first sample, microseconds.
        span: int64 [2], start of the first and end of the last sampled
            frame, microseconds.
        voice_starts: int64 [k], start of each span of speech, microseconds.
        voice_ends: int64 [k], end of each span, microseconds.
    """

    waveform: tf.Tensor
    start: tf.Tensor
    span: tf.Tensor
    voice_starts: tf.Tensor
    voice_ends: tf.Tensor


def seconds(config: Config, clip: batch.ClipSpec) -> float:
    """Length of the audio of a clip, seconds.

    Raises:
        UserError: neither the settings nor the clip determine it.
    """
    if config.seconds is not None:
        return config.seconds
    if not clip.by_time:
        other = ", or --clip.stride_seconds" if clip.sampling == "dense" else ""
        raise errors.UserError(
            f"the duration of {clip.frames} frames depends on the video, and "
            "the audio of a batch needs a fixed length: add "
            f"--audio.seconds{other}"
        )
    return clip.frames * clip.stride_seconds


def stored_rate(manifest: manifests.Manifest) -> float | None:
    """Returns the samples per second of shards; None without audio."""
    if "waveform" not in manifest.extras:
        return None
    return manifest.settings.get("sound", {}).get("rate")


def spec(
    config: Config, clip: batch.ClipSpec, rate: float | None
) -> batch.AudioSpec | None:
    """Returns what a network gets of the audio of a clip.

    Args:
        config: audio features.
        clip: determines the length of the audio, unless `config` does.
        rate: samples per second of the shards; None without audio.

    Returns:
        None without features, also beside `voice`.

    Raises:
        UserError: the shards lack audio, or settings conflict.
    """
    if config.features == "none":
        return None
    _check(config, clip, rate, has_voice=True)
    grid = _grid(config, clip, rate)
    if not config.in_columns:
        return batch.AudioSpec(config.features, grid.rate, grid.samples)
    return batch.AudioSpec(
        config.features,
        grid.rate,
        grid.samples,
        grid.columns,
        audio_columns.count_bins(config, grid.rate),
        grid.hop,
    )


def build(
    config: Config, clip: batch.ClipSpec, rate: float | None, has_voice: bool
) -> Callable[[ClipAudio, tf.Tensor | None], dict[str, tf.Tensor]]:
    """Builds the function that computes the entries of one example.

    Args:
        config: audio features.
        clip: determines the length of the audio, unless `config` does.
        rate: samples per second of the shards; None without audio.
        has_voice: whether the shards have spans of speech.

    Returns:
        A function (audio, seed int64 [2], None in evaluation to disable
        masks) -> the requested entries of those above. Samples that were not
        read, or lie after the last sampled frame, are silence.

    Raises:
        UserError: the shards lack requested data, or settings conflict.
    """
    if not config.is_used:
        return lambda audio, seed: {}
    _check(config, clip, rate, has_voice)
    grid = _grid(config, clip, rate or _RATE_WITHOUT_AUDIO)
    describe = _describer(config, grid)

    pads = config.features == "whisper_mel"
    kept = round(seconds(config, clip) * grid.rate)

    def entries(
        audio: ClipAudio, seed: tf.Tensor | None
    ) -> dict[str, tf.Tensor]:
        first, last = tf.unstack(audio_cut.sample_at(audio.span, grid.rate))
        if pads:
            last = tf.minimum(last, first + kept)
        example = {}
        if config.features != "none":
            stored = audio_cut.sample_at(audio.start, grid.rate)
            cut = audio_cut.waveform(
                audio.waveform, stored, first, last, grid.samples
            )
            name = "spectrogram" if config.in_columns else "waveform"
            heard = tf.reduce_any(audio.waveform != 0)
            example["has_audio"] = tf.cast(heard, tf.float32)
            example[name] = describe(cut, seed)
        if config.voice:
            spans = audio.voice_starts, audio.voice_ends
            example["voice"] = audio_cut.voice(*spans, first, last, grid)
        return example

    return entries


def _check(
    config: Config, clip: batch.ClipSpec, rate: float | None, has_voice: bool
) -> None:
    needs = (
        "needs data that these shards lack: build them again with "
        "tfrecords_tools.build_shards"
    )
    if config.features != "none" and not rate:
        raise errors.UserError(
            f"--audio.features={config.features} {needs} --audio.rate"
        )
    if config.voice and not has_voice:
        raise errors.UserError(f"--audio.voice {needs} --audio.voice")
    if clip.speed_jitter:
        raise errors.UserError(
            f"--clip.speed_jitter={clip.speed_jitter} changes the speed of "
            "frames but not of their audio: leave one of them out"
        )


def _grid(config: Config, clip: batch.ClipSpec, rate: float) -> audio_cut.Grid:
    if config.features == "whisper_mel":
        return whisper_mel.grid(rate, seconds(config, clip))
    samples = max(1, round(seconds(config, clip) * rate))
    hop = audio_cut.hop_samples(config.hop_ms, rate)
    if config.features == "waveform":
        hop = 1
    return audio_cut.Grid(round(rate), samples, hop)


def _describer(config: Config, grid: audio_cut.Grid) -> Callable:
    """A function (cut, seed) -> features; for waveforms, the cut itself."""
    if not config.in_columns:
        return lambda cut, seed: audio_scaling.scale(cut, config.normalise)
    columns = audio_columns.build(config, grid)
    hide = audio_masks.build(config, grid)
    # MFCC coefficients differ in scale.
    axis = 0 if config.features == "mfcc" else None
    scale = functools.partial(
        audio_scaling.scale, kind=config.normalise, axis=axis
    )
    masks = config.time_masks + config.frequency_masks

    def describe(cut: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        values = scale(columns(cut))
        if seed is None or not masks:
            return values
        return hide(values, tf.reduce_mean(values, axis), seed)

    return describe
