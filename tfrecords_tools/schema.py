"""The table of what a record holds; writing and parsing derive from it.

A record is one chunk of a clip: a `SequenceExample` with MediaSequence
names, so that readers of other projects can read our shards too. Writing
needs no TensorFlow (importing it costs half a gigabyte in every worker).
"""

import functools
from typing import Any, NamedTuple

import google.protobuf.descriptor_pb2 as descriptor_pb2
import google.protobuf.message as protobuf_message
from google.protobuf import descriptor_pool, message_factory

VERSION = 1


class Feature(NamedTuple):
    """One named column of a record.

    Attributes:
        name: what our code calls it.
        key: what the file calls it.
        dtype: "int64", "float32" or "bytes".
        shape: () for one value, (None,) for any number of them.
        a_frame: whether there is one value for each frame of the chunk.
        meaning: what it says, with its unit.
    """

    name: str
    key: str
    dtype: str
    shape: tuple
    a_frame: bool
    meaning: str


FEATURES = (
    Feature("frames", "image/encoded", "bytes", (), True, "encoded frame"),
    Feature(
        "times", "image/timestamp", "int64", (), True,
        "presentation time from the video's start, microseconds",
    ),
    Feature("format", "image/format", "bytes", (), False, "jpeg"),
    Feature("height", "image/height", "int64", (), False, "pixels"),
    Feature("width", "image/width", "int64", (), False, "pixels"),
    Feature(
        "frame_rate", "image/frame_rate", "float32", (), False,
        "frames a second, the average over the video",
    ),
    Feature("path", "clip/data_path", "bytes", (), False, "the video's path"),
    Feature("media_id", "clip/media_id", "bytes", (), False, "clip's name"),
    Feature(
        "start_time", "clip/start/timestamp", "int64", (), False,
        "first frame's time, microseconds",
    ),
    Feature(
        "end_time", "clip/end/timestamp", "int64", (), False,
        "end of the last frame, microseconds",
    ),
    Feature(
        "label_ids", "clip/label/index", "int64", (None,), False,
        "places in the manifest's list of labels",
    ),
    Feature(
        "labels", "clip/label/string", "bytes", (None,), False,
        "names of the labels",
    ),
    Feature("caption", "caption/string", "bytes", (), False, "a sentence"),
)  # fmt: skip


def encode(record: dict[str, Any], tasks: tuple[str, ...] = ()) -> bytes:
    """Serialises one chunk.

    Args:
        record: a value for every feature of `FEATURES` and `task_features`;
            a list where there are several, str or bytes for bytes.
        tasks: further label sets.

    Returns:
        A serialised SequenceExample; equal records give equal bytes.
    """
    example = _message_class()()
    for feature in (*FEATURES, *task_features(tasks)):
        value = record[feature.name]
        if feature.a_frame:
            steps = example.feature_lists.feature_list[feature.key].feature
            for each in value:
                _fill(steps.add(), feature.dtype, [each])
        else:
            values = value if feature.shape else [value]
            _fill(example.context.feature[feature.key], feature.dtype, values)
    return example.SerializeToString(deterministic=True)


def parse(serialized: Any, tasks: tuple[str, ...] = ()) -> dict[str, Any]:
    """Parses chunks in a TensorFlow graph.

    Args:
        serialized: string [n], one record a chunk.
        tasks: further label sets to read.

    Returns:
        Feature name to tensor: [n] for one value; ragged [n, None] for
        several; [n, most frames], padded with "" or 0, for one a frame.
    """
    import tensorflow as tf

    def spec(feature: Feature) -> Any:
        dtype = tf.as_dtype(
            "string" if feature.dtype == "bytes" else feature.dtype
        )
        if feature.a_frame:
            return tf.io.FixedLenSequenceFeature((), dtype)
        if feature.shape:
            return tf.io.RaggedFeature(dtype)
        return tf.io.FixedLenFeature((), dtype)

    features = (*FEATURES, *task_features(tasks))
    context, sequences, _ = tf.io.parse_sequence_example(
        serialized,
        {f.key: spec(f) for f in features if not f.a_frame},
        {f.key: spec(f) for f in features if f.a_frame},
    )
    parsed = {**context, **sequences}
    return {f.name: parsed[f.key] for f in features}


def decode(serialized: bytes, tasks: tuple[str, ...] = ()) -> dict[str, Any]:
    """Parses one chunk without TensorFlow; the inverse of `encode`.

    Returns:
        Feature name to value: a list where there are several, bytes, int or
        float.

    Raises:
        ValueError: not a record, or a feature is missing.
    """
    try:
        example = _message_class().FromString(serialized)
    except protobuf_message.DecodeError as error:
        raise ValueError(f"not a SequenceExample: {error}") from error
    record = {}
    for feature in (*FEATURES, *task_features(tasks)):
        if feature.a_frame:
            steps = example.feature_lists.feature_list[feature.key].feature
            values = [_values(step, feature.dtype)[0] for step in steps]
            record[feature.name] = values
            continue
        values = _values(example.context.feature[feature.key], feature.dtype)
        if not feature.shape and len(values) != 1:
            raise ValueError(f"{feature.key} has {len(values)} values, not 1")
        record[feature.name] = values if feature.shape else values[0]
    return record


def task_features(tasks: tuple[str, ...]) -> tuple[Feature, ...]:
    """The columns of further label sets, under MediaSequence prefixes."""
    made = []
    for task in tasks:
        for name, key, dtype in (
            ("label_ids", "index", "int64"),
            ("labels", "string", "bytes"),
        ):
            made.append(
                Feature(
                    f"{task}.{name}", f"{task}/clip/label/{key}", dtype,
                    (None,), False, f"{name} of task {task}",
                )
            )  # fmt: skip
    return tuple(made)


def _fill(feature: Any, dtype: str, values: Any) -> None:
    if dtype == "bytes":
        texts = [v.encode() if isinstance(v, str) else v for v in values]
        feature.bytes_list.value.extend(texts)
    elif dtype == "int64":
        feature.int64_list.value.extend(int(v) for v in values)
    else:
        feature.float_list.value.extend(float(v) for v in values)


def _values(feature: Any, dtype: str) -> list:
    kind = {"bytes": "bytes_list", "int64": "int64_list"}.get(dtype)
    return list(getattr(feature, kind or "float_list").value)


@functools.cache
def _message_class() -> Any:
    """`tensorflow.SequenceExample`, declared in a pool of its own.

    In the default pool it would clash with TensorFlow's own declaration.
    """
    file = descriptor_pb2.FileDescriptorProto(
        name="sequence_example.proto", package="tensorflow", syntax="proto3"
    )
    kind = descriptor_pb2.FieldDescriptorProto
    for name, value in (
        ("BytesList", kind.TYPE_BYTES),
        ("FloatList", kind.TYPE_FLOAT),
        ("Int64List", kind.TYPE_INT64),
    ):
        _field(file.message_type.add(name=name), "value", 1, value, many=True)
    feature = file.message_type.add(name="Feature")
    feature.oneof_decl.add(name="kind")
    for number, name in enumerate(("bytes", "float", "int64"), start=1):
        made = _field(
            feature, f"{name}_list", number, f"{name.capitalize()}List"
        )
        made.oneof_index = 0
    steps = file.message_type.add(name="FeatureList")
    _field(steps, "feature", 1, "Feature", many=True)
    _map_field(file.message_type.add(name="Features"), "feature", "Feature")
    _map_field(
        file.message_type.add(name="FeatureLists"),
        "feature_list",
        "FeatureList",
    )
    example = file.message_type.add(name="SequenceExample")
    _field(example, "context", 1, "Features")
    _field(example, "feature_lists", 2, "FeatureLists")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(
        pool.FindMessageTypeByName("tensorflow.SequenceExample")
    )


def _field(
    message: Any, name: str, number: int, kind: int | str, many: bool = False
) -> Any:
    labels = descriptor_pb2.FieldDescriptorProto
    field = message.field.add(
        name=name,
        number=number,
        label=labels.LABEL_REPEATED if many else labels.LABEL_OPTIONAL,
    )
    if isinstance(kind, str):
        field.type = labels.TYPE_MESSAGE
        field.type_name = f".tensorflow.{kind}"
    else:
        field.type = kind
    return field


def _map_field(message: Any, name: str, value: str) -> None:
    camel = "".join(part.capitalize() for part in name.split("_"))
    entry = message.nested_type.add(name=f"{camel}Entry")
    entry.options.map_entry = True
    _field(entry, "key", 1, descriptor_pb2.FieldDescriptorProto.TYPE_STRING)
    _field(entry, "value", 2, value)
    _field(message, name, 1, f"{message.name}.{camel}Entry", many=True)
