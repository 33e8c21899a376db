"""The features before a network's last linear layer."""

import keras

from tfrecords_tools.base import errors
from video_models.introspection import keras_internals, layer_paths

ops = keras.ops


def beside_logits(network: keras.Model) -> keras.Model:
    """Returns a network with both features and logits as outputs.

    Args:
        network: frames [B, T, H, W, 3] -> output of a `Dense` layer, possibly
            in a nested network; unchanged, and shared.

    Returns:
        Frames -> features float32 [B, D] and logits [B, classes]; averaged
        over time steps or positions if the layer scores those.

    Raises:
        UserError: the last layer is not `Dense`, or there are several outputs.
    """
    if len(network.outputs) != 1:
        raise errors.UserError(
            f"network {network.name} has {len(network.outputs)} answers, "
            "wanted one: a run of --objective=classification"
        )
    beside = beside_output(network)
    features, logits = beside.output
    return keras.Model(beside.input, (features, _of_clip(logits)))


def beside_output(network: keras.Model) -> keras.Model:
    """Returns a network with both features and its output as outputs.

    Args:
        network: as for `beside_logits`, but may have several outputs; the
            features are those of the first.

    Returns:
        Frames -> features float32 [B, D] and the output of `network`.

    Raises:
        UserError: the first output is not that of a `Dense` layer.
    """
    return keras.Model(network.input, (_features(network), network.output))


def _features(network: keras.Model) -> keras.KerasTensor:
    """The input of the layer that gives the first output, float32 [B, D]."""
    call = keras_internals.producing_call(network.outputs[0])
    last = call.operation
    if layer_paths.is_network(last):
        inner = keras.Model(last.input, _features(last))
        same = {id(each): each for each in call.inputs}
        return call._replace(operation=inner).run(same)
    if not isinstance(last, keras.layers.Dense):
        raise errors.UserError(
            f"network {network.name} ends in {last.name!r}, wanted a linear "
            "layer that scores classes: a run of --objective=classification "
            "with --head=classifier, or a published head"
        )
    (features,) = call.inputs
    return _of_clip(ops.cast(features, "float32"))


def _of_clip(x: keras.KerasTensor) -> keras.KerasTensor:
    """Averages over all axes except the first and last."""
    between = tuple(range(1, len(x.shape) - 1))
    return ops.mean(x, axis=between) if between else x
