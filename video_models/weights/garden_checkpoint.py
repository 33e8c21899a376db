"""Reads checkpoints of TensorFlow's Model Garden.

Such a checkpoint has two names of a weight: its object path, which contains the
number of its layer, and its scope, which starts with the layer's name. Neither
suffices: numbers depend on the size of the network, and some weights have no
scope. Weights are therefore named by their layer and the path from there on:

    block0_layer1/_expansion/_conv/kernel
"""

import os
import re
from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2

from tfrecords_tools.base import errors
from tfrecords_tools.base.files import plain_path

_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_SLOT = ".OPTIMIZER_SLOT"
_WAY = re.compile(r"^(.*/layer(?:_with_weights)?-\d+)/(.*)$")


def read(path: str) -> dict[str, np.ndarray]:
    """Reads all weights of a network by name, without the optimizer's.

    Args:
        path: of the checkpoint, without the ending .index.

    Raises:
        UserError: there is no checkpoint, or it has no object paths.
    """
    try:
        with plain_path.to(path) as prefix:
            reader = tf.train.load_checkpoint(prefix)
            graph = trackable_object_graph_pb2.TrackableObjectGraph.FromString(
                reader.get_tensor(_GRAPH)
            )
            found = keys(_scopes(graph))
            return {k: reader.get_tensor(v) for k, v in found.items()}
    except (tf.errors.OpError, ValueError) as error:
        raise errors.UserError(
            f"{path} is no checkpoint of TensorFlow's Model Garden: wanted "
            "the path of one, without .index"
        ) from error


def newest(folder: str | os.PathLike) -> str | None:
    """Returns the path of the checkpoint named in a folder's `checkpoint` file.

    Returns:
        The path without .index; None if there is none.
    """
    # tf.train.latest_checkpoint treats the path as a pattern.
    state = tf.train.get_checkpoint_state(os.fspath(folder))
    path = state and state.model_checkpoint_path
    return path if path and os.path.isfile(f"{path}.index") else None


def _scopes(
    graph: trackable_object_graph_pb2.TrackableObjectGraph,
) -> dict[str, str]:
    return {
        each.checkpoint_key: each.full_name
        for node in graph.nodes
        for each in node.attributes
        if each.checkpoint_key.endswith(_VALUE)
    }


def keys(scopes: Mapping[str, str]) -> dict[str, str]:
    """Maps the name of each weight to its key.

    Args:
        scopes: key, such as "model/layer_with_weights-0/layer_with_weights-2/
            _feature/_conv/_conv/depthwise_kernel/.ATTRIBUTES/VARIABLE_VALUE",
            to scope, such as "block0_layer1/bneck/feature/depthwise_kernel".

    Returns:
        Names such as "block0_layer1/_feature/_conv/kernel", the same whether
        the network was made of 2-D or of 3-D convolutions, to keys.
    """
    found = {key: _WAY.match(key) for key in scopes if _SLOT not in key}
    found = {key: way for key, way in found.items() if way}
    layers = {
        way[1]: _layer(scopes[key])
        for key, way in found.items()
        if "/" in scopes[key]
    }
    return {
        f"{layers[way[1]]}/{_within_layer(way[2])}": key
        for key, way in found.items()
        if way[1] in layers
    }


def _layer(scope: str) -> str:
    # It has no explicit name, so Keras numbers it within the program.
    return re.sub(r"^(classifier_head)_\d+$", r"\1", scope.partition("/")[0])


def _within_layer(way: str) -> str:
    way = way.removesuffix(_VALUE).replace("depthwise_kernel", "kernel")
    return re.sub(r"(_conv(?:_temporal)?)/_conv/", r"\1/", way)
