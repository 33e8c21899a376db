"""Makes one example of one clip, top to bottom, in data order.

Every random choice takes a seed derived from the run's seed, the epoch and
the clip, so that equal indices give equal examples wherever they are made.
"""

import functools
import math
from collections.abc import Callable

import tensorflow as tf

from pipelines import batch, clip_labels
from pipelines.audio import audio_features
from pipelines.decoding import frame_decoding, frame_storage
from pipelines.reading import clip_order, clip_reading, clip_table, shard_reader
from pipelines.sampling import clip_sampling, time_sampling
from pipelines.text import text_tokens
from tfrecords_tools.base import registry

# Numbers of the choices made about one clip; changes and extra inputs count on.
_TIME, _WINDOW, _AUDIO, _MIX, _OTHER = 0, 1, 2, 3, 4
_EXTRA_INPUTS, _CHANGES = 8, 16
_CHOICES = 64


class Examples:
    """Makes examples of the clips of one split."""

    def __init__(
        self,
        reader: shard_reader.ShardReader,
        clip: batch.ClipSpec,
        augmentations: tuple[registry.Chosen, ...] = (),
        extra_inputs: tuple[registry.Chosen, ...] = (),
        audio: audio_features.Config = audio_features.Config(),
        text: text_tokens.Config = text_tokens.Config(),
    ):
        """Builds all parts.

        Args:
            reader: of the split.
            clip: what a clip is.
            augmentations: files of `pipelines.augmentations` that change
                one clip, in their order; the first that offers `window`
                decides what is decoded.
            extra_inputs: files of `pipelines.extra_inputs`.
            audio: what is made of the audio.
            text: what is made of captions and words.

        Raises:
            UserError: the shards do not hold what is asked for.
        """
        about = self._about = reader.manifest
        self._clip = clip
        self._window, self._changes = _split_off_window(augmentations)
        rate = about.settings.get("sound", {}).get("rate")
        rate = rate if "waveform" in about.extras else None
        self._hear = audio_features.build(
            audio, clip, rate, "voice" in about.extras
        )
        self._spell = text_tokens.build(text, about)
        self._unbroken = self._heard = 0.0
        if audio.is_used:
            self._unbroken = audio_features.seconds(audio, clip)
            if audio.features != "none":
                self._heard = self._unbroken
        if text.tokens != "none" and text.source == "words":
            self._unbroken = math.inf
        self._extra_inputs = [
            each.build(clip) for each in extra_inputs if each.module.build
        ]
        self._two_clips = [e for e in extra_inputs if e.module.CLIPS > 1]

    def training(self, index: clip_order.SampleIndex, seed: int) -> dict:
        """One augmented clip, with the entries that `batch` names.

        `mixing_seed`, int64 [2], is for those who mix clips of a batch.
        """
        clip_id = index.table.clip_id(index.place)
        seeds = _seeds(tf.constant([seed, 0], tf.int64), index.epoch, clip_id)
        chunks = index.table.chunks(index.place)
        record, frames = self._drawn(chunks, seeds(_TIME), seeds)
        example = {
            "frames": frames,
            **clip_labels.of_record(record, self._about),
            "mask": tf.constant(1.0),
            "clip_id": clip_id,
            "mixing_seed": seeds(_MIX),
            **self._beside(record, seeds(_AUDIO)),
        }
        for number, extra_input in enumerate(
            self._extra_inputs, start=_EXTRA_INPUTS
        ):
            example |= extra_input(frames, seeds(number))
        for two_clips in self._two_clips:
            own = _seeds(seeds(_OTHER))
            time = seeds(_TIME) if two_clips.config.same_time else own(_TIME)
            example["other_frames"] = self._drawn(chunks, time, own)[1]
        return example

    def evaluation(
        self, index: clip_order.SampleIndex, views: int, crops: int
    ) -> dict:
        """One clip seen without chance; see `clip_dataset.evaluation`."""
        clip_id = index.table.clip_id(index.place)
        chunks = index.table.chunks(index.place)
        seeds = _seeds(tf.zeros((2,), tf.int64), clip_id)
        found = [self._seen(chunks, view, views) for view in range(views)]
        records = [record for record, _ in found]
        decoded = [frames for _, frames in found]
        last = crops - 1
        places = [i / last for i in range(crops)] if last else [0.5]
        frames = [
            frame_decoding.scale_and_crop(clip, self._clip, at)
            for at in places
            for clip in decoded
        ]
        frames = [tf.ensure_shape(clip, self._clip.shape) for clip in frames]
        beside = [self._beside(record, None) for record in records]
        extra = [
            {
                name: entry
                for number, extra_input in enumerate(
                    self._extra_inputs, start=_EXTRA_INPUTS
                )
                for name, entry in extra_input(clip, seeds(number)).items()
            }
            for clip in frames
        ]
        return {
            "frames": tf.stack(frames),
            **clip_labels.of_record(records[0], self._about),
            "mask": tf.cast(index.is_new, tf.float32),
            "clip_id": clip_id,
            **_stacked(beside),
            **_stacked(extra),
        }

    def reading(self, index: clip_order.SampleIndex, seed: int) -> dict:
        """What training reads, without decoding it."""
        clip_id = index.table.clip_id(index.place)
        seeds = _seeds(tf.constant([seed, 0], tf.int64), index.epoch, clip_id)
        chunks = index.table.chunks(index.place)
        record = self._read(chunks, self._picked(chunks, seeds(_TIME)))
        return {"clip_id": clip_id, **record}

    def _drawn(
        self, chunks: clip_table.Chunks, time: tf.Tensor, seeds: Callable
    ) -> tuple[dict, tf.Tensor]:
        """A record and uint8 [T, size, size, 3], drawn for training."""
        record = self._read(chunks, self._picked(chunks, time))
        storage = self._about.storage
        changes = list(enumerate(self._changes, start=_CHANGES))
        if self._window is None:
            decoded = frame_storage.decode_clip(storage, record)
            frames = frame_decoding.scale_and_crop(decoded, self._clip)
        else:
            shape = tf.stack([record["height"], record["width"]])
            window = self._window(shape, seeds(_WINDOW))
            size = self._clip.size
            finish = frame_decoding.rounded
            if changes and changes[0][1].module.on_floats:
                number, first = changes.pop(0)
                take_over = first.module.on_floats(first.config)
                finish = functools.partial(take_over, seed=seeds(number))
            frames = frame_storage.decode_window(
                storage, record, window, size, finish
            )
        frames = tf.ensure_shape(frames, self._clip.shape)
        for number, change in changes:
            frames = change.build()(frames, seeds(number))
        return record, frames

    def _picked(
        self, chunks: clip_table.Chunks, seed: tf.Tensor
    ) -> clip_reading.Picked:
        clip = self._clip
        if clip.by_time:
            start, end = chunks.span()
            return clip_reading.Picked(
                moments=time_sampling.training_times(start, end, clip, seed)
            )
        stored = chunks.stored_frames()
        return clip_reading.Picked(
            clip_sampling.training_frames(stored, clip, seed)
        )

    def _seen(
        self, chunks: clip_table.Chunks, view: int, views: int
    ) -> tuple[dict, tf.Tensor]:
        """A record and its whole frames, uint8 [T, height, width, 3]."""
        clip = self._clip
        if clip.by_time:
            start, end = chunks.span()
            picked = clip_reading.Picked(
                moments=time_sampling.evaluation_times(
                    start, end, clip, view, views
                )
            )
        else:
            stored = chunks.stored_frames()
            picked = clip_reading.Picked(
                clip_sampling.evaluation_frames(stored, clip, view, views)
            )
        record = self._read(chunks, picked)
        return record, frame_storage.decode_clip(self._about.storage, record)

    def _read(
        self, chunks: clip_table.Chunks, picked: clip_reading.Picked
    ) -> dict:
        return clip_reading.read(
            chunks, picked, self._about, self._unbroken, self._heard
        )

    def _beside(self, record: dict, seed: tf.Tensor | None) -> dict:
        """What is heard and said while the frames are shown."""
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
        )
        return {**self._hear(audio, seed), **self._spell(text)}


def _split_off_window(
    augmentations: tuple[registry.Chosen, ...],
) -> tuple[Callable | None, tuple[registry.Chosen, ...]]:
    """The window that is decoded, and the changes made after it."""
    for place, chosen in enumerate(augmentations):
        if chosen.module.window:
            rest = augmentations[:place] + augmentations[place + 1 :]
            return chosen.module.window(chosen.config), rest
    return None, augmentations


def _seeds(base: tf.Tensor, *facts: tf.Tensor) -> Callable[[int], tf.Tensor]:
    """A seed, int64 [2], for each numbered choice made about one clip."""
    fold = tf.random.experimental.stateless_fold_in
    for fact in facts:
        base = fold(base, fact)
    # All in one draw: to fold each number in costs four ops a choice.
    seeds = tf.random.stateless_uniform(
        (_CHOICES, 2), base, None, None, tf.int64
    )
    return lambda number: seeds[number]


def _stacked(rows: list[dict]) -> dict:
    return {name: tf.stack([row[name] for row in rows]) for name in rows[0]}
