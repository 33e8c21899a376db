"""The audio of the sampled frames, cut and described.

    waveform     float32  [samples], in [-1, 1] unless normalised
    spectrogram  float32  [columns, bins]: amplitudes, decibels or MFCC
    voice        float32  [columns], or [samples] beside a waveform

The cut begins with the first sampled frame and has always the same length.
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
)
from tfrecords_tools.base import errors

Config = audio_settings.Config

_RATE_WITHOUT_AUDIO = 16_000  # Voice alone is counted as it was detected.


class ClipAudio(NamedTuple):
    """What was read of one clip's audio.

    Attributes:
        waveform: float32 [n], samples without a gap; any where it is not
            asked for.
        start: int64 [], time of the first of them, microseconds.
        span: int64 [2], where the first sampled frame begins and the last
            one ends, microseconds.
        voice_starts: int64 [k], where somebody begins to speak, microseconds.
        voice_ends: int64 [k], where that ends.
    """

    waveform: tf.Tensor
    start: tf.Tensor
    span: tf.Tensor
    voice_starts: tf.Tensor
    voice_ends: tf.Tensor


def seconds(config: Config, clip: batch.ClipSpec) -> float:
    """How long the cut is.

    Raises:
        UserError: neither the settings nor the clip say it.
    """
    if config.seconds is not None:
        return config.seconds
    if not clip.by_time:
        other = ", or --clip.stride_seconds" if clip.sampling == "dense" else ""
        raise errors.UserError(
            f"{clip.frames} frames last longer in one video than in another, "
            "so they do not say how much audio a batch holds: add "
            f"--audio.seconds{other}"
        )
    return clip.frames * clip.stride_seconds


def build(
    config: Config, clip: batch.ClipSpec, rate: float | None, has_voice: bool
) -> Callable[[ClipAudio, tf.Tensor | None], dict[str, tf.Tensor]]:
    """What makes the entries of one example.

    Args:
        config: what is wanted.
        clip: says how long the cut is, unless `config` does.
        rate: samples a second in the shards; None where they hold no audio.
        has_voice: whether the shards hold spans of speech.

    Returns:
        A function (audio, seed int64 [2]; None in evaluation, where nothing
        is hidden) -> the entries named above that are wanted. Samples that
        were not read, or lie after the last sampled frame, are silence.

    Raises:
        UserError: the shards lack what is wanted, or settings do not fit
            together.
    """
    if not config.is_used:
        return lambda audio, seed: {}
    _check(config, clip, rate, has_voice)
    grid = _grid(config, clip, rate or _RATE_WITHOUT_AUDIO)
    describe = _describer(config, grid)

    def entries(
        audio: ClipAudio, seed: tf.Tensor | None
    ) -> dict[str, tf.Tensor]:
        first, last = tf.unstack(audio_cut.sample_at(audio.span, grid.rate))
        made = {}
        if config.features != "none":
            stored = audio_cut.sample_at(audio.start, grid.rate)
            cut = audio_cut.waveform(
                audio.waveform, stored, first, last, grid.samples
            )
            name = "spectrogram" if config.in_columns else "waveform"
            made[name] = describe(cut, seed)
        if config.voice:
            spans = audio.voice_starts, audio.voice_ends
            made["voice"] = audio_cut.voice(*spans, first, last, grid)
        return made

    return entries


def _check(
    config: Config, clip: batch.ClipSpec, rate: float | None, has_voice: bool
) -> None:
    wants = (
        "wants what these shards do not hold: build them again with "
        "tfrecords_tools.build_shards"
    )
    if config.features != "none" and not rate:
        raise errors.UserError(
            f"--audio.features={config.features} {wants} --audio.rate"
        )
    if config.voice and not has_voice:
        raise errors.UserError(f"--audio.voice {wants} --audio.voice")
    if clip.speed_jitter:
        raise errors.UserError(
            f"--clip.speed_jitter={clip.speed_jitter} makes pictures faster "
            "and slower than their audio: leave it out, or the audio"
        )


def _grid(config: Config, clip: batch.ClipSpec, rate: float) -> audio_cut.Grid:
    samples = max(1, round(seconds(config, clip) * rate))
    hop = max(1, round(config.hop_ms * rate / 1000))
    if config.features == "waveform":
        hop = 1
    return audio_cut.Grid(round(rate), samples, hop)


def _describer(config: Config, grid: audio_cut.Grid) -> Callable:
    """A function (cut, seed) -> features; of a waveform the cut itself."""
    if not config.in_columns:
        return lambda cut, seed: audio_scaling.scale(cut, config.normalise)
    columns = audio_columns.build(config, grid)
    hide = audio_masks.build(config, grid)
    # The coefficients of MFCC have each their own size.
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
