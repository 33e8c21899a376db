"""Builds the example of one clip, in data order.

Every random choice takes a seed derived from the run's seed, the epoch and
the clip: equal sample indices give equal examples on any machine.
"""

import functools
from collections.abc import Callable

import tensorflow as tf

from pipelines import audio_and_text, batch, clip_labels
from pipelines.audio import audio_features
from pipelines.decoding import frame_decoding, frame_storage
from pipelines.reading import clip_order, clip_reading, clip_table, shard_reader
from pipelines.sampling import clip_sampling, time_sampling
from pipelines.text import text_tokens
from tfrecords_tools.base import registry

# Seed numbers of the random choices; augmentations and extra inputs count on.
_TIME, _WINDOW, _AUDIO, _MIX, _OTHER, _SHIFT, _TEXT = range(7)
_EXTRA_INPUTS, _CHANGES = 8, 16
_CHOICES = 64


class Examples:
    """Builds examples of the clips of one split."""

    def __init__(
        self,
        reader: shard_reader.ShardReader,
        clip: batch.ClipSpec,
        augmentations: tuple[registry.Chosen, ...] = (),
        extra_inputs: tuple[registry.Chosen, ...] = (),
        audio: audio_features.Config = audio_features.Config(),
        text: text_tokens.Config = text_tokens.Config(),
        has_frames: bool = True,
    ):
        """Builds the functions of the graph.

        Args:
            reader: of the split.
            clip: frames, size and sampling of a clip.
            augmentations: files of `pipelines.augmentations` that change
                single clips, in order; only the window of the first one
                that offers `window` is decoded.
            extra_inputs: files of `pipelines.extra_inputs`.
            audio: audio features.
            text: tokens of captions and words.
            has_frames: whether to decode frames; without, there are neither
                augmentations nor extra inputs.

        Raises:
            UserError: the shards lack requested data.
        """
        manifest = self._manifest = reader.manifest
        self._clip, self._has_frames = clip, has_frames
        self._window, self._changes = _split_off_window(augmentations)
        self._audio_and_text = audio_and_text.AudioAndText(
            audio, text, extra_inputs, clip, manifest
        )
        self._extra_inputs = [
            each.build(clip) for each in extra_inputs if each.module.build
        ]
        self._two_clips = [e for e in extra_inputs if e.module.CLIPS > 1]

    def training(self, index: clip_order.SampleIndex, seed: int) -> dict:
        """One augmented clip, with the entries described in `batch`.

        `mixing_seed`, int64 [2], is for augmentations that mix clips.
        """
        clip_id = index.table.clip_id(index.place)
        seeds = _seeds(tf.constant([seed, 0], tf.int64), index.epoch, clip_id)
        chunks = index.table.chunks(index.place)
        record = self._read(chunks, self._picked(chunks, seeds(_TIME)))
        frames = self._training_frames(record, seeds)
        example = {
            **frames,
            **clip_labels.read_labels(record, self._manifest),
            "mask": tf.constant(1.0),
            "clip_id": clip_id,
            "mixing_seed": seeds(_MIX),
            **self._audio_and_text.entries(
                record,
                chunks,
                audio_and_text.Seeds(
                    seeds(_AUDIO), seeds(_SHIFT), seeds(_TEXT)
                ),
            ),
        }
        for number, extra_input in enumerate(
            self._extra_inputs, start=_EXTRA_INPUTS
        ):
            example |= extra_input(frames["frames"], seeds(number))
        for two_clips in self._two_clips:
            second_seeds = _seeds(seeds(_OTHER))
            time = (
                seeds(_TIME)
                if two_clips.config.same_time
                else second_seeds(_TIME)
            )
            second = self._read(chunks, self._picked(chunks, time))
            second_frames = self._training_frames(second, second_seeds)
            example["other_frames"] = second_frames["frames"]
        return example

    def evaluation(
        self, index: clip_order.SampleIndex, views: int, crops: int
    ) -> dict:
        """One clip without randomness; see `clip_dataset.evaluation`."""
        clip_id = index.table.clip_id(index.place)
        chunks = index.table.chunks(index.place)
        seeds = _seeds(tf.zeros((2,), tf.int64), clip_id)
        records = [
            self._read(chunks, self._evenly_picked(chunks, view, views))
            for view in range(views)
        ]
        frames = self._evaluation_frames(records, crops)
        heard_and_read = [
            self._audio_and_text.entries(record, chunks) for record in records
        ]
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
            **({"frames": tf.stack(frames)} if frames else {}),
            **clip_labels.read_labels(records[0], self._manifest),
            "mask": tf.cast(index.is_new, tf.float32),
            "clip_id": clip_id,
            **_stacked(heard_and_read),
            **(_stacked(extra) if extra else {}),
        }

    def reading(self, index: clip_order.SampleIndex, seed: int) -> dict:
        """The record of a training clip, undecoded."""
        clip_id = index.table.clip_id(index.place)
        seeds = _seeds(tf.constant([seed, 0], tf.int64), index.epoch, clip_id)
        chunks = index.table.chunks(index.place)
        record = self._read(chunks, self._picked(chunks, seeds(_TIME)))
        return {"clip_id": clip_id, **record}

    def _training_frames(self, record: dict, seeds: Callable) -> dict:
        """`frames` of a record, uint8 [T, size, size, 3], if there are any."""
        if not self._has_frames:
            return {}
        storage = self._manifest.storage
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
        return {"frames": frames}

    def _evaluation_frames(
        self, records: list[dict], crops: int
    ) -> list[tf.Tensor]:
        """uint8 [T, size, size, 3] each, crop by crop, if there are any."""
        if not self._has_frames:
            return []
        storage = self._manifest.storage
        decoded = [frame_storage.decode_clip(storage, r) for r in records]
        frames = [
            frame_decoding.scale_and_crop(clip, self._clip, place)
            for place in frame_decoding.crop_places(crops)
            for clip in decoded
        ]
        return [tf.ensure_shape(clip, self._clip.shape) for clip in frames]

    def _picked(
        self, chunks: clip_table.Chunks, seed: tf.Tensor
    ) -> clip_reading.Picked:
        clip = self._clip
        if clip.by_time:
            start, end = chunks.span()
            return clip_reading.Picked(
                times=time_sampling.training_times(start, end, clip, seed)
            )
        stored = chunks.stored_frames()
        return clip_reading.Picked(
            clip_sampling.training_frames(stored, clip, seed)
        )

    def _evenly_picked(
        self, chunks: clip_table.Chunks, view: int, views: int
    ) -> clip_reading.Picked:
        clip = self._clip
        if clip.by_time:
            start, end = chunks.span()
            return clip_reading.Picked(
                times=time_sampling.evaluation_times(
                    start, end, clip, view, views
                )
            )
        stored = chunks.stored_frames()
        return clip_reading.Picked(
            clip_sampling.evaluation_frames(stored, clip, view, views)
        )

    def _read(
        self, chunks: clip_table.Chunks, picked: clip_reading.Picked
    ) -> dict:
        return clip_reading.read(
            chunks,
            picked,
            self._manifest,
            self._audio_and_text.unbroken_seconds,
            self._audio_and_text.audio_seconds,
        )


def _split_off_window(
    augmentations: tuple[registry.Chosen, ...],
) -> tuple[Callable | None, tuple[registry.Chosen, ...]]:
    """The window to decode, and the remaining augmentations."""
    for place, chosen in enumerate(augmentations):
        if chosen.module.window:
            rest = augmentations[:place] + augmentations[place + 1 :]
            return chosen.module.window(chosen.config), rest
    return None, augmentations


def _seeds(base: tf.Tensor, *keys: tf.Tensor) -> Callable[[int], tf.Tensor]:
    """A seed, int64 [2], for each numbered random choice of one clip."""
    fold = tf.random.experimental.stateless_fold_in
    for key in keys:
        base = fold(base, key)
    # One draw for all: folding in each number costs four ops per choice.
    seeds = tf.random.stateless_uniform(
        (_CHOICES, 2), base, None, None, tf.int64
    )
    return lambda number: seeds[number]


def _stacked(rows: list[dict]) -> dict:
    return {name: tf.stack([row[name] for row in rows]) for name in rows[0]}
