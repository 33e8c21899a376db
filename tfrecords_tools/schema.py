"""The schema of a record; writing and parsing derive from this table.

A record is one chunk of a clip: a `SequenceExample` with MediaSequence
names, so that readers of other projects can read our shards too. Writing
needs no TensorFlow (importing it costs half a gigabyte in every worker).
"""

import dataclasses
from typing import Any, NamedTuple

import google.protobuf.message as protobuf_message
import numpy as np

from tfrecords_tools.base.files import packed_floats, sequence_example

VERSION = 2


class Feature(NamedTuple):
    """One feature of a record.

    Attributes:
        name: in our code.
        key: in the file.
        dtype: "int64", "float32" or "bytes".
        holds: "one" value per record, "several" values per record, "some",
            which are several, but absent if there is none, one per "frame",
            one per "item" of a list with its own length, or a "signal" with
            all samples in one step.
        meaning: description with unit.
    """

    name: str
    key: str
    dtype: str
    holds: str
    meaning: str


FEATURES = (
    Feature(
        "frames", "image/encoded", "bytes", "frame",
        "a JPEG, the packet of a frame, or its RGB bytes",
    ),
    Feature(
        "times", "image/timestamp", "int64", "frame",
        "presentation time from the video's start, microseconds",
    ),
    Feature(
        "format", "image/format", "bytes", "one", "jpeg, h264, h265 or raw"
    ),
    Feature("height", "image/height", "int64", "one", "pixels"),
    Feature("width", "image/width", "int64", "one", "pixels"),
    Feature(
        "frame_rate", "image/frame_rate", "float32", "one",
        "frames a second, the average over the video",
    ),
    Feature("path", "clip/data_path", "bytes", "one", "the video's path"),
    Feature("media_id", "clip/media_id", "bytes", "one", "clip's name"),
    Feature(
        "start_time", "clip/start/timestamp", "int64", "one",
        "first frame's time, microseconds",
    ),
    Feature(
        "end_time", "clip/end/timestamp", "int64", "one",
        "end of the last frame, microseconds",
    ),
    Feature(
        "label_ids", "clip/label/index", "int64", "several",
        "places in the manifest's list of labels",
    ),
    Feature(
        "labels", "clip/label/string", "bytes", "several",
        "names of the labels",
    ),
    Feature("caption", "caption/string", "bytes", "one", "a sentence"),
)  # fmt: skip

# Optional features; the manifest lists those of a data set.
EXTRAS = {
    "waveform": (
        Feature(
            "waveform", "WAVEFORM/feature/floats", "float32", "signal",
            "mono samples in [-1, 1] from start_time on; where they end "
            "before end_time, silence follows until the next record",
        ),
        Feature(
            "sample_rate", "WAVEFORM/feature/sample_rate", "float32", "one",
            "samples a second",
        ),
    ),
    "voice": (
        Feature(
            "voice_starts", "VOICE/segment/start/timestamp", "int64",
            "several", "start of each span of speech, microseconds",
        ),
        Feature(
            "voice_ends", "VOICE/segment/end/timestamp", "int64", "several",
            "where that ends, microseconds",
        ),
    ),
    "captions": (
        Feature("captions", "captions/string", "bytes", "some",
                "all sentences of the clip; the first is caption/string"),
        Feature("caption_starts", "captions/start/timestamp", "int64", "some",
                "where each begins, microseconds; -1: it is of the whole clip"),
        Feature("caption_ends", "captions/end/timestamp", "int64", "some",
                "where that ends, microseconds; -1 likewise"),
    ),
    "questions": (
        Feature("questions", "question/string", "bytes", "some",
                "questions about the clip"),
        Feature("answers", "answer/string", "bytes", "some",
                "the answer to each; empty if unknown"),
    ),
    "words": (
        Feature(
            "words", "text/content", "bytes", "item", "a word or a sentence"
        ),
        Feature(
            "word_times", "text/timestamp", "int64", "item",
            "where it begins, microseconds",
        ),
        Feature(
            "word_lengths", "text/duration", "int64", "item",
            "how long it lasts, microseconds",
        ),
    ),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Contents:
    """Contents of the records of one data set.

    Attributes:
        tasks: further label sets.
        extras: names in `EXTRAS`.
    """

    tasks: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[Feature, ...]:
        """All features."""
        columns = list(FEATURES)
        for extra in self.extras:
            columns += EXTRAS[extra]
        for task in self.tasks:
            columns += _task_features(task)
        return tuple(columns)


def encode(record: dict[str, Any], contents: Contents = Contents()) -> bytes:
    """Serialises one chunk.

    Args:
        record: value of every feature of `contents`, but those that hold
            "some"; a list if there may be several values, an array for a
            signal; str or bytes for bytes.
        contents: features of the record.

    Returns:
        A serialised SequenceExample; equal records give equal bytes.
    """
    example = sequence_example.message_class()()
    for feature in contents.features:
        if feature.holds == "some" and not record.get(feature.name):
            continue
        value = record[feature.name]
        if feature.holds in _IN_STEPS:
            steps = example.feature_lists.feature_list[feature.key].feature
            if feature.holds == "signal":
                signal = steps.add().float_list
                signal.SetInParent()
                signal.MergeFromString(packed_floats.encode(value))
                continue
            for each in value:
                _fill(steps.add(), feature.dtype, [each])
        else:
            values = [value] if feature.holds == "one" else value
            _fill(example.context.feature[feature.key], feature.dtype, values)
    return example.SerializeToString(deterministic=True)


def parse(serialized: Any, contents: Contents = Contents()) -> dict[str, Any]:
    """Parses chunks in a TensorFlow graph.

    Args:
        serialized: string [n], one record a chunk.
        contents: features to read.

    Returns:
        Feature name to tensor: [n] for one value; [n, most frames], padded
        with "" or 0, for one per frame; ragged [n, None] for all others.
    """
    import tensorflow as tf

    def spec(feature: Feature) -> Any:
        dtype = tf.as_dtype(
            "string" if feature.dtype == "bytes" else feature.dtype
        )
        if feature.holds == "frame":
            return tf.io.FixedLenSequenceFeature((), dtype)
        if feature.holds == "one":
            return tf.io.FixedLenFeature((), dtype)
        return tf.io.RaggedFeature(dtype)

    features = contents.features
    context, sequences, _ = tf.io.parse_sequence_example(
        serialized,
        {f.key: spec(f) for f in features if f.holds not in _IN_STEPS},
        {f.key: spec(f) for f in features if f.holds in _IN_STEPS},
    )
    parsed = {**context, **sequences}
    return {
        f.name: parsed[f.key].merge_dims(1, 2)
        if f.holds in ("item", "signal")
        else parsed[f.key]
        for f in features
    }


def decode(
    serialized: bytes, contents: Contents = Contents(), arrays: bool = False
) -> dict[str, Any]:
    """Parses one chunk without TensorFlow; the inverse of `encode`.

    Args:
        serialized: the record.
        contents: its features.
        arrays: whether a signal is a float32 array; a list takes nine times
            as much memory.

    Returns:
        Feature name to value: a list if there may be several, bytes, int or
        float.

    Raises:
        ValueError: not a record, or a feature is missing.
    """
    try:
        example = sequence_example.message_class().FromString(serialized)
    except protobuf_message.DecodeError as error:
        raise ValueError(f"not a SequenceExample: {error}") from error
    record = {}
    for feature in contents.features:
        if feature.holds in _IN_STEPS:
            steps = example.feature_lists.feature_list[feature.key].feature
            if arrays and feature.holds == "signal":
                record[feature.name] = _signal(steps)
                continue
            record[feature.name] = [
                value for step in steps for value in _values(step, feature)
            ]
            continue
        values = _values(example.context.feature[feature.key], feature)
        if feature.holds == "one" and len(values) != 1:
            raise ValueError(f"{feature.key} has {len(values)} values, not 1")
        one = feature.holds == "one"
        record[feature.name] = values[0] if one else values
    return record


_IN_STEPS = ("frame", "item", "signal")  # Of the example's feature lists.


def _task_features(task: str) -> tuple[Feature, ...]:
    """Features of a further label set, under a MediaSequence prefix."""
    return tuple(
        Feature(
            f"{task}.{name}", f"{task}/clip/label/{key}", dtype, "several",
            f"{name} of task {task}",
        )
        for name, key, dtype in (
            ("label_ids", "index", "int64"),
            ("labels", "string", "bytes"),
        )
    )  # fmt: skip


def _fill(feature: Any, dtype: str, values: Any) -> None:
    if dtype == "bytes":
        texts = [v.encode() if isinstance(v, str) else v for v in values]
        feature.bytes_list.value.extend(texts)
    elif dtype == "int64":
        feature.int64_list.value.extend(int(v) for v in values)
    else:
        feature.float_list.value.extend(float(v) for v in values)


def _signal(steps: Any) -> np.ndarray:
    """Returns float32 [n], the samples of all steps."""
    lists = [step.float_list for step in steps]
    return np.concatenate(
        [np.zeros(0, np.float32)]
        + [
            packed_floats.decode(each.SerializeToString(), len(each.value))
            for each in lists
        ]
    )


def _values(held: Any, feature: Feature) -> list:
    kind = {"bytes": "bytes_list", "int64": "int64_list"}.get(feature.dtype)
    return list(getattr(held, kind or "float_list").value)
