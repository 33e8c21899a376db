"""Reads clips as the network gets them, with their titles."""

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from launch.batch_preview import batch_images, batch_text
from launch.runs import experiment as experiments
from pipelines import clip_dataset, input_settings
from pipelines.audio import audio_features
from pipelines.reading import damaged_records
from pipelines.text import text_tokens
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors

_OF_CLIPS = ("label", "mask", "clip_id")  # Entries without a views axis.


class Shown(NamedTuple):
    """Clips to draw.

    Attributes:
        rows: per clip the entries of its batch, without the batch axis.
        manifest: of the shards.
        vocabulary: words of the tokens, from `text_tokens.FIRST` on.
        times: durations at the clips' median rate.
        rate: samples per second of `waveform`; None without audio.
    """

    rows: list[dict[str, np.ndarray]]
    manifest: manifests.Manifest
    vocabulary: tuple[str, ...]
    times: batch_images.Times
    rate: int | None = None


def read(
    experiment: experiments.Experiment, split: str, count: int, step: int = 0
) -> Shown:
    """Computes the exact batches of the run and takes their first clips.

    Clips with other audio features also have the `waveform` of that cut.

    Args:
        experiment: the run.
        split: `train` is augmented, others are read as in evaluation.
        count: number of clips, fewer if an evaluation split has fewer.
        step: whose batch comes first.

    Raises:
        UserError: the shards cannot be read or lack required entries.
    """
    input_config = experiment.input.without_service
    # Also beside what a network hears that sees none.
    input_config = dataclasses.replace(input_config, frames=True)
    reader = clip_dataset.open_split(experiment.shards, split, input_config)
    manifest = reader.manifest
    batch_shard = clip_dataset.BatchShard(experiment.train.batch_size)
    seed = experiment.train.seed
    rate = _rate(input_config, manifest)

    def batches(config: input_settings.Input) -> tf.data.Dataset:
        if split == "train":
            return clip_dataset.training(
                reader, config, batch_shard, seed, step
            )
        return clip_dataset.evaluation(reader, config, batch_shard).skip(step)

    data = batches(input_config)
    if rate is not None:
        data = tf.data.Dataset.zip(batches(_heard(input_config)), data)
        data = data.map(lambda heard, whole: {**heard, **whole})
    rows: list[dict[str, np.ndarray]] = []
    tried = 0
    with damaged_records.explained(reader):
        for batch in data.as_numpy_iterator():
            rows += _rows(batch, has_views=split != "train")
            tried += len(batch["mask"])
            if len(rows) >= count or tried >= count + reader.clips:
                break
    if not rows:
        raise errors.UserError(
            f"no clip of {experiment.shards} could be read: remove "
            "--reader.on_corrupt=skip to see why"
        )
    rows = rows[:count]
    audio = input_config.audio.is_used
    records = clip_dataset.reading(reader, input_config, batch_shard, seed)
    times = batch_images.Times(
        input_config.clip.stride_seconds or _frame_seconds(records),
        audio_features.seconds(input_config.audio, input_config.clip)
        if audio
        else None,
    )
    words = text_tokens.vocabulary(input_config.text, manifest)
    return Shown(rows, manifest, words, times, rate)


def titles(shown: Shown) -> list[tuple[str, str]]:
    """Number and labels of each clip, and its text."""
    return [
        (
            f"{place}: {batch_text.labels(row, shown.manifest)}  "
            f"(clip {int(row['clip_id'])})",
            batch_text.words(row, shown.vocabulary),
        )
        for place, row in enumerate(shown.rows)
    ]


def _rate(
    config: input_settings.Input, manifest: manifests.Manifest
) -> int | None:
    """Samples per second of the audio that a network hears, if any."""
    if config.audio.features == "none":
        return None
    rate = audio_features.stored_rate(manifest)
    return audio_features.spec(config.audio, config.clip, rate).rate


def _heard(config: input_settings.Input) -> input_settings.Input:
    """The input whose batches hold the waveforms of the same cuts."""
    audio = dataclasses.replace(
        config.audio,
        features="waveform",
        normalise="none",
        time_masks=0,
        frequency_masks=0,
        voice=False,
    )
    return dataclasses.replace(
        config, audio=audio, frames=False, augmentations=(), extra_inputs=()
    )


def _rows(batch: dict, has_views: bool) -> Iterator[dict]:
    for place in np.flatnonzero(batch["mask"]):
        row = {name: values[place] for name, values in batch.items()}
        if has_views:
            row = {
                n: v if n.partition(".")[0] in _OF_CLIPS else v[0]
                for n, v in row.items()
            }
        yield row


def _frame_seconds(records: tf.data.Dataset) -> float | None:
    """Median seconds between frames, over some clips."""
    times = [record["times"] for record in records.take(8).as_numpy_iterator()]
    steps = np.concatenate([np.diff(each) for each in times])
    forward = steps[steps > 0]  # Loops of short videos go back.
    return float(np.median(forward)) / 1e6 if len(forward) else None
