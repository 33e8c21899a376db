"""Every clip once, in order, with all the views whose features are cached."""

import tensorflow as tf

from pipelines import clip_dataset
from pipelines.reading import clip_order, shard_reader, unreadable_clips
from tfrecords_tools.base import errors


def views(
    reader: shard_reader.ShardReader,
    input_config: clip_dataset.Input,
    crops: int,
    augmented: int,
    seed: int,
    first: int = 0,
) -> tf.data.Dataset:
    """The views of each clip: those of evaluation, then augmented ones.

    Args:
        reader: of the split, with its whole index.
        input_config: contents of the examples.
        crops: of the evaluation view, see `clip_dataset.evaluation`.
        augmented: further views, as training draws them in as many epochs.
        seed: of the augmented views.
        first: clips to leave out at the beginning.

    Returns:
        A dataset of examples as in `clip_dataset.evaluation`, unbatched, with
        `frames` uint8 [crops + augmented, T, H, W, 3] and `path` string [].

    Raises:
        UserError: an augmentation mixes clips.
    """
    changes, mixes = clip_dataset.split_augmentations(input_config)
    if augmented and mixes:
        raise errors.UserError(
            f"--augment={mixes[0].name} mixes the pixels of clips, whose "
            "features are cached: leave it out, or --train.cache_features"
        )
    plain = clip_dataset.build_examples(reader, input_config)
    changed = clip_dataset.build_examples(reader, input_config, changes)

    def example(index: clip_order.SampleIndex) -> dict:
        views = plain.evaluation(index, 1, crops)
        frames = [views["frames"]]
        for epoch in range(augmented):
            drawn = index._replace(epoch=tf.constant(epoch, tf.int64))
            frames.append(changed.training(drawn, seed)["frames"][None])
        path = plain.reading(index, seed)["path"]
        return {**views, "frames": tf.concat(frames, axis=0), "path": path}

    if input_config.reader.on_corrupt == "skip":
        example = unreadable_clips.tolerant(example)
    indices = clip_order.in_order(reader, clip_order.BatchShard(1)).skip(first)
    parallel = input_config.reader.parallel_clips or tf.data.AUTOTUNE
    examples = indices.map(example, parallel, deterministic=True)
    return examples.prefetch(input_config.reader.prefetch_batches)
