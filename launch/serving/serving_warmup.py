"""Writes the warm-up requests of TensorFlow Serving.

The messages are those of TensorFlow Serving's `prediction_log.proto`. Only the
fields in use are declared here, so exporting needs no Serving package. Tensors
are declared as bytes, which have the same wire format as a message field.
"""

import functools
import os
from typing import Any

import google.protobuf.descriptor_pb2 as descriptor_pb2
import numpy as np
import tensorflow as tf
from google.protobuf import descriptor_pool, message_factory


def write(
    path: str | os.PathLike, requests: dict[str, dict[str, np.ndarray]]
) -> None:
    """Writes one request per signature: input name to tensor."""
    with tf.io.TFRecordWriter(os.fspath(path)) as writer:
        for signature, inputs in requests.items():
            log = _log_class()()
            request = log.predict_log.request
            request.model_spec.signature_name = signature
            for name, value in inputs.items():
                tensor = tf.make_tensor_proto(value)
                request.inputs[name] = tensor.SerializeToString()
            writer.write(log.SerializeToString())


@functools.cache
def _log_class() -> Any:
    """`tensorflow.serving.PredictionLog`, in a pool of its own."""
    kinds = descriptor_pb2.FieldDescriptorProto
    package = "tensorflow.serving"
    file = descriptor_pb2.FileDescriptorProto(
        name="prediction_log.proto", package=package, syntax="proto3"
    )

    def field(message, name, number, kind, many=False):
        descriptor = message.field.add(name=name, number=number)
        descriptor.label = (
            kinds.LABEL_REPEATED if many else kinds.LABEL_OPTIONAL
        )
        if isinstance(kind, str):
            descriptor.type = kinds.TYPE_MESSAGE
            descriptor.type_name = f".{package}.{kind}"
        else:
            descriptor.type = kind

    spec = file.message_type.add(name="ModelSpec")
    field(spec, "signature_name", 3, kinds.TYPE_STRING)
    request = file.message_type.add(name="PredictRequest")
    entry = request.nested_type.add(name="InputsEntry")
    entry.options.map_entry = True
    field(entry, "key", 1, kinds.TYPE_STRING)
    field(entry, "value", 2, kinds.TYPE_BYTES)
    field(request, "model_spec", 1, "ModelSpec")
    field(request, "inputs", 2, "PredictRequest.InputsEntry", many=True)
    predict_log = file.message_type.add(name="PredictLog")
    field(predict_log, "request", 1, "PredictRequest")
    log = file.message_type.add(name="PredictionLog")
    field(log, "predict_log", 6, "PredictLog")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    message_type = pool.FindMessageTypeByName(f"{package}.PredictionLog")
    return message_factory.GetMessageClass(message_type)
