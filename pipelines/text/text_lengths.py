"""Finds the texts of a split that are longer than a batch holds.

Reads the beginning of the first record of each clip.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from pipelines import input_settings, split_readers
from pipelines.reading import clip_metadata, shard_reader
from pipelines.text import text_tokens
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import printable

_MOST = 20_000  # Clips, evenly spaced; 0.1 ms each.
_FEATURES = {
    "caption": ("caption",),
    "captions": ("captions",),
    "question": ("questions", "answers"),
}


class _Clip(NamedTuple):
    path: str
    texts: tuple[bytes, ...]
    count: int  # Captions, or questions.


def check(
    input_config: input_settings.Input,
    shards: str,
    is_new: bool,
    splits: Sequence[str] = ("train", "validation"),
) -> None:
    """Checks that no text is truncated, unless `--text.truncate` is given.

    Args:
        input_config: contents of the batches.
        shards: folder of the shards.
        is_new: whether no step has been taken yet.
        splits: those to read, of those that there are.

    Raises:
        UserError: a new run would truncate a text; a resumed run may finish,
            with a note.
    """
    config = input_config.text
    if config.tokens == "none" or config.truncate:
        return
    known = split_readers.read_manifest(shards, input_config).splits
    for split in splits:
        if split not in known:
            continue
        reader = split_readers.open_split(shards, split, input_config)
        longer = find_longer(config, reader)
        if longer and is_new:
            raise errors.UserError(f"{shards}, split {split}: {longer}")
        if longer:
            print(f"note: split {split}: {longer}", flush=True)


def find_longer(
    config: text_tokens.Config, reader: shard_reader.ShardReader
) -> str:
    """Says what of a split's texts does not fit, and what to set instead.

    Args:
        config: texts and their length. Words spoken during the sampled frames
            are not looked at: their number depends on the frames.
        reader: of the split.

    Returns:
        A sentence; empty if all fit.

    Raises:
        UserError: a record is damaged, or the shards lack the text.
    """
    if config.tokens == "none" or config.source not in _FEATURES:
        return ""
    features = _FEATURES[config.source]

    def texts(row: dict[str, int], record: dict[str, Any]) -> _Clip:
        found = [record[name] for name in features]
        several = [[f] if isinstance(f, bytes) else f for f in found]
        path = record["path"].decode(errors="replace")
        return _Clip(path, tuple(sum(several, [])), len(several[0]))

    clips = clip_metadata.read_records(reader, texts, _MOST)
    return _too_long(config, reader, clips) or _too_many(config, clips)


def _too_long(
    config: text_tokens.Config,
    reader: shard_reader.ShardReader,
    clips: Sequence[_Clip],
) -> str:
    owners = [clip for clip in clips for _ in clip.texts]
    every = [text for clip in clips for text in clip.texts]
    if not every:
        return ""
    count = text_tokens.count_tokens(config, reader.manifest)
    data = tf.data.Dataset.from_tensor_slices(every).map(
        tf.autograph.experimental.do_not_convert(count),
        num_parallel_calls=tf.data.AUTOTUNE,
    )
    lengths = np.array(list(data.as_numpy_iterator()))
    longest, longer = int(lengths.max()), int(sum(lengths > config.length))
    if not longer:
        return ""
    path = printable.name(owners[int(lengths.argmax())].path)
    return (
        f"--text.length={config.length}: {longer} of {len(every)} texts are "
        f"longer; that of {path} has {longest} tokens with start and end: set "
        f"--text.length={longest}, or --text.truncate to leave out what "
        "follows"
    )


def _too_many(config: text_tokens.Config, clips: Sequence[_Clip]) -> str:
    most = max(clips, key=lambda clip: clip.count)
    if config.source not in text_tokens.SEVERAL or most.count <= config.texts:
        return ""
    return (
        f"--text.texts={config.texts}: {printable.name(most.path)} has "
        f"{most.count} {text_tokens.SEVERAL[config.source]}: set "
        f"--text.texts={most.count}, or --text.truncate to evaluate the first"
    )
