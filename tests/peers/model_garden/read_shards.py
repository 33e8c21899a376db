"""Reads our shards with TF Model Garden's own reader and compares.

Model Garden is the real package, in an environment of its own:

    python3.11 -m venv /tmp/garden
    /tmp/garden/bin/pip install -r tests/peers/model_garden/requirements.txt
    /tmp/garden/bin/pip install --no-deps tf-models-official==2.20.0
    for frames in 64 7; do
      python -m tfrecords_tools.build_shards --source=demo \
        --demo.train_clips=16 --demo.validation_clips=8 \
        --shards.chunk_frames=$frames \
        --input=/tmp/clips --output=/tmp/shards_$frames
    done
    /tmp/garden/bin/python tests/peers/model_garden/read_shards.py \
      /tmp/shards_64 /tmp/shards_7

For every split of every folder: Model Garden's `Decoder` gives the JPEGs and
labels of every chunk; its video classification task (files, decoder, parser,
batches) gives the pixels. Both must equal those of `pipelines` bit for bit,
clips of one chunk being one example and longer ones as many as their chunks.
Model Garden decodes with libjpeg's fast cosine transform, so its pixels are
compared with those of the same one; `pipelines` evaluates with the accurate
one, and the distance between the two is told. Ends with exit code 1 where
anything differs.
"""

import argparse
import os
import pathlib
import sys
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(pathlib.Path(__file__).parents[3]))

import numpy as np
import tensorflow as tf
from official.vision.configs import video_classification as configs
from official.vision.dataloaders import video_input
from official.vision.tasks import video_classification as tasks

from pipelines.decoding import frame_decoding
from pipelines.reading import clip_reading, shard_reader
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base.files import shard_index

SHAPES = 64  # Model Garden gives one shape a run; the most frequent are run.
TOLD = 20  # Differences that are printed.


class Chunk(NamedTuple):
    """One record as `pipelines` reads it.

    Attributes:
        clip: number in the split.
        whole: whether the clip has no other chunk.
        jpegs: string [frames].
        frames: uint8 [frames, height, width, 3], by the fast decoder.
        error: farthest of them from the accurate decoder.
        labels: int64 [labels].
    """

    clip: int
    whole: bool
    jpegs: np.ndarray
    frames: np.ndarray
    error: int
    labels: np.ndarray


def ours(folder: pathlib.Path, split: str) -> list[Chunk]:
    """Every chunk of a split, in the order of the files."""
    reader = shard_reader.ShardReader(folder, split)
    clip_ids = reader.table.ids.numpy().tolist()
    places = {number: at for at, number in enumerate(clip_ids)}
    found = []
    for shard in reader.manifest.shards(split):
        path = shard_index.path_of(folder / shard.name)
        table = shard_index.read(path, schema.VERSION)
        columns = [shard_index.COLUMNS.index(n) for n in _CHUNK_COLUMNS]
        rows = np.asarray(table)[:, columns].tolist()
        chunks = Counter(clip for clip, _, _ in rows)
        for clip, first, count in rows:
            picked = clip_reading.Picked(tf.range(first, first + count))
            place = tf.constant(places[clip], tf.int64)
            record = clip_reading.read(
                reader.table.chunks(place), picked, reader.manifest
            )
            fast = _decode_fast(record["frames"]).numpy()
            accurate = frame_decoding.decode_clip(record["frames"]).numpy()
            found.append(
                Chunk(
                    clip,
                    chunks[clip] == 1,
                    record["frames"].numpy(),
                    fast,
                    np.abs(fast.astype(int) - accurate).max(),
                    record["label_ids"].numpy(),
                )
            )
    return found


def _decode_fast(jpegs: tf.Tensor) -> tf.Tensor:
    return tf.map_fn(
        lambda jpeg: tf.io.decode_jpeg(
            jpeg, channels=3, dct_method="INTEGER_FAST"
        ),
        jpegs,
        fn_output_signature=tf.TensorSpec((None, None, 3), tf.uint8),
    )


_CHUNK_COLUMNS = ("clip", "first_frame", "frames")


def decoded(paths: list[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """JPEGs and labels of every example, from Model Garden's decoder."""
    decoder = video_input.Decoder()
    records = tf.data.TFRecordDataset(paths)
    for example in records.map(decoder.decode):
        yield (
            example[video_input.IMAGE_KEY].numpy(),
            example[video_input.LABEL_KEY].numpy(),
        )


def batches(
    paths: list[str], shape: tuple[int, ...], classes: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pixels and labels as Model Garden's task would evaluate them.

    All that a user has to set is said here; the feature keys are Model
    Garden's defaults.

    Args:
        paths: the TFRecords; a user says `shards/train-*.tfrecord`. Not
            `train-*`, which takes the indexes too.
        shape: frames, height, width, 3.
        classes: labels of the manifest.

    Yields:
        float32 [1, *shape] in 0..1, and float32 [1, classes].
    """
    params = configs.DataConfig(
        input_path=",".join(paths),
        feature_shape=shape,
        min_image_size=min(shape[1:3]),
        num_classes=classes,
        global_batch_size=1,
        is_training=False,
        drop_remainder=False,
        # In the order of the files, to be compared.
        cycle_length=1,
        deterministic=True,
        sharding=False,
    )
    task = tasks.VideoClassificationTask(
        configs.VideoClassificationTask(validation_data=params)
    )
    for features, label in task.build_inputs(params):
        yield features["image"].numpy(), label.numpy()


def compare(folder: pathlib.Path, split: str) -> list[str]:
    """What differs in a split, after telling what was compared."""
    manifest = manifests.read(folder)
    # With one class Model Garden turns the label round, for a binary loss.
    classes = max(len(manifest.labels), 2)
    told = manifest.shards(split)
    paths = [str(folder / shard.name) for shard in told]
    chunks = ours(folder, split)
    wrong = []
    if len(chunks) != sum(shard.chunks for shard in told):
        wrong.append("the manifest tells another number of chunks")
    wrong += _compare_decoded(list(decoded(paths)), chunks)
    shapes = Counter(chunk.frames.shape for chunk in chunks)
    seen = 0
    for shape, _ in shapes.most_common(SHAPES):
        made = list(batches(paths, shape, classes))
        seen += shapes[shape]
        wrong += _compare_pixels(made, chunks, shape, classes)
    whole = sum(chunk.whole for chunk in chunks)
    clips = len({chunk.clip for chunk in chunks})
    print(
        f"{folder} {split}: {clips} clips in {len(chunks)} examples; {whole} "
        f"are whole clips, {len(chunks) - whole} are chunks of "
        f"{clips - whole} longer ones; pixels of {seen} compared in "
        f"{min(len(shapes), SHAPES)} shapes, the accurate decoder being "
        f"{max(chunk.error for chunk in chunks)} of 255 away at most; "
        f"{len(wrong) or 'no'} differences"
    )
    return [f"{folder} {split}: {each}" for each in wrong]


def _compare_decoded(made: list, chunks: list[Chunk]) -> list[str]:
    if len(made) != len(chunks):
        return [f"decoder: {len(made)} examples, wanted {len(chunks)}"]
    wrong = []
    for at, ((jpegs, labels), chunk) in enumerate(
        zip(made, chunks, strict=True)
    ):
        if not np.array_equal(jpegs, chunk.jpegs):
            wrong.append(f"decoder: JPEGs of example {at} differ")
        if not np.array_equal(labels, chunk.labels):
            wrong.append(f"decoder: {labels} for {chunk.labels} at {at}")
    return wrong


def _compare_pixels(
    made: list, chunks: list[Chunk], shape: tuple[int, ...], classes: int
) -> list[str]:
    if len(made) != len(chunks):
        return [f"task: {len(made)} examples, wanted {len(chunks)}"]
    wrong = []
    for at, ((pixels, label), chunk) in enumerate(
        zip(made, chunks, strict=True)
    ):
        wanted = np.zeros(classes, np.float32)
        wanted[chunk.labels] = 1
        if not np.array_equal(label[0], wanted):
            wrong.append(f"task: label of example {at}: {label[0]}")
        if chunk.frames.shape != shape:
            continue
        if not np.array_equal(pixels[0], chunk.frames / np.float32(255)):
            far = np.abs(pixels[0] * 255 - chunk.frames).max()
            wrong.append(f"task: pixels of example {at} differ by {far:g}")
    return wrong


def main() -> int:
    """Compares every split of the folders; 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("shards", nargs="+", type=pathlib.Path)
    wrong = []
    for folder in parser.parse_args().shards:
        for split in manifests.read(folder).splits:
            wrong += compare(folder, split)
    for each in wrong[:TOLD]:
        print(f"DIFFERS {each}")
    print("FAILED" if wrong else "IDENTICAL")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
