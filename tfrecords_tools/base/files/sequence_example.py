"""TensorFlow's record of several lists of features, without TensorFlow.

Importing that costs half a gigabyte in every worker.
"""

import functools
from typing import Any

import google.protobuf.descriptor_pb2 as descriptor_pb2
from google.protobuf import descriptor_pool, message_factory

_CONTEXT = b"\x0a"  # Field 1, with its length.


@functools.cache
def message_class() -> Any:
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
        field_of = _field(
            feature, f"{name}_list", number, f"{name.capitalize()}List"
        )
        field_of.oneof_index = 0
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


def context_bytes(beginning: bytes) -> int | None:
    """Returns how many bytes of a serialised example hold its context.

    The bytes up to there are an example without lists of features. Ours
    begin with the context, since they are written in the order of fields.

    Args:
        beginning: at least the first 11 bytes, or the whole example.

    Returns:
        None if the example does not begin with its context.
    """
    if beginning[:1] != _CONTEXT:
        return None
    size = shift = 0
    for place, byte in enumerate(beginning[1:11], start=2):
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return place + size
    return None


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
