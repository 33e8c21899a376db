"""The promises that every part of a video network is held to.

`network` maps one float32 tensor, or a dictionary of tensors, to tensors; see
the test files beside.
Tracing, compiling and saving take most of the tests' time, so what they need
of that is made once: `train` for all that training shows.
"""

import functools
from typing import NamedTuple

import keras
import numpy as np
import pytest
import tensorflow as tf

from launch.serving import constant_graph
from video_models.introspection import folding, tensorflow_internals


def random_inputs(shape, scale=1.0, batch=2):
    generator = np.random.default_rng(0)
    return np.float32(scale * generator.random((batch, *shape)))


def without_zeros(network):
    """The same network; weights that are 0 would hide what they multiply."""
    random = np.random.default_rng(0)
    for each in network.variables:
        if each.dtype.startswith("float") and not np.any(each):
            each.assign(0.1 * random.standard_normal(each.shape))
    return network


def outputs(network, inputs, **kwargs):
    """All outputs, in the order of their names."""
    return keras.tree.flatten(network(inputs, **kwargs))


def assert_same(found, wanted, atol=0.0):
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, atol=atol, rtol=0)


def assert_survives_saving(network, inputs, tmp_path):
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    assert_same(outputs(loaded, inputs), outputs(network, inputs))


def exported(network, folder):
    """It as `launch.export` writes it, loaded: inputs to `outputs`."""
    folded = folding.without_normalization(network)
    specs = _specs(network, None)
    named = specs if isinstance(specs, dict) else {"given": specs}
    module = tf.Module()

    def answer(**given):
        inputs = given if isinstance(specs, dict) else given["given"]
        found = outputs(folded, inputs, training=False)
        return {f"{number:02}": each for number, each in enumerate(found)}

    if constant_graph.fits([folded]):
        answer = constant_graph.with_constants(answer, **named)
    else:
        module.network = folded
    module.serve = tf.function(
        lambda given: answer(
            **(given if isinstance(given, dict) else {"given": given})
        ),
        input_signature=[specs],
    )
    constant_graph.save(module, str(folder))
    loaded = tf.saved_model.load(str(folder))

    def serve(inputs):
        found = loaded.serve(inputs)
        return [found[name] for name in sorted(found)]

    return serve


def assert_survives_export(network, inputs, tmp_path):
    found = exported(network, tmp_path)(inputs)
    wanted = outputs(network, inputs, training=False)
    for one, other in zip(found, wanted, strict=True):
        scale = max(1.0, float(np.abs(other).max()))
        np.testing.assert_allclose(one, other, atol=1e-5 * scale, rtol=0)


def assert_compiles(network, inputs):
    traced, one = _inference(network), _first(inputs)
    compiled = tf.function(lambda: traced(one), jit_compile=True)
    assert_same(compiled(), outputs(network, one), atol=1e-3)


def assert_converts(network, inputs, module):
    """To TFLite, with its built-in operations alone, and predicts the same.

    A module whose networks do not says why, as `NOT_IN_TFLITE`.
    """
    reason = module.NOT_IN_TFLITE
    if reason:
        with pytest.raises(Exception, match="FLEX|custom|legalize"):
            as_tflite(network)
        pytest.skip(reason)
    interpreter = tf.lite.Interpreter(model_content=as_tflite(network))
    interpreter.allocate_tensors()
    # In the order of their names, as the graph takes them.
    givens = keras.tree.flatten(_first(inputs))
    details = interpreter.get_input_details()
    for detail, given in zip(details, givens, strict=True):
        interpreter.set_tensor(detail["index"], given)
    interpreter.invoke()
    found = [
        interpreter.get_tensor(each["index"])
        for each in interpreter.get_output_details()
    ]
    wanted = outputs(network, _first(inputs))
    for one in wanted:
        assert any(
            one.shape == other.shape and np.allclose(one, other, atol=1e-3)
            for other in found
        )


def as_tflite(network):
    """Fails where an operation is not built in."""
    traced = _inference(network).get_concrete_function()
    # As constants: else a whole model with its variables is saved on the way.
    frozen = tensorflow_internals.with_constants(traced)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return converter.convert()


class Trained(NamedTuple):
    """What a few steps of training showed.

    Attributes:
        outputs: of the forward pass of the first step.
        losses: of each step.
        gradient: of the first loss, of the shape of the inputs; None for those
            of integers.
        tensors: all that the forward pass makes and reads.
        unreached: paths of the weights that the first loss does not depend on.
    """

    outputs: list[np.ndarray]
    losses: list[float]
    gradient: np.ndarray
    tensors: list[tf.Tensor]
    unreached: list[str]

    def assert_learns(self):
        assert self.losses[-1] < self.losses[0]

    def assert_gradient_reaches_inputs(self):
        axes = tuple(range(2, self.gradient.ndim))
        assert np.all(np.any(self.gradient, axis=axes))

    def assert_shapes_are_static(self):
        for tensor in self.tensors:
            assert tensor.shape.is_fully_defined(), tensor.name


def train(network, inputs, steps=3):
    """Brings the outputs nearer to 1, each weight by 0.001 a step."""
    forward = []

    @tf.function(autograph=False)
    def step(inputs):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(_floats(inputs))
            found = outputs(network, inputs, training=True)
            losses = [tf.reduce_mean(tf.square(each - 1.0)) for each in found]
            loss = tf.add_n(losses)
        forward[:] = _tensors(loss.graph)
        weights, reached = network.trainable_variables, {}
        for weight, slope in zip(
            weights, tape.gradient(loss, weights), strict=True
        ):
            if slope is not None:
                weight.assign_sub(1e-3 * tf.sign(slope))
                reached[weight.path] = tf.reduce_any(slope != 0)
        return found, loss, tape.gradient(loss, inputs), reached

    given = keras.tree.map_structure(tf.constant, inputs)
    made = [step(given) for _ in range(steps)]
    losses = [float(loss) for _, loss, _, _ in made]
    first, _, gradient, reached = made[0]
    gradient = keras.tree.map_structure(np.array, gradient)
    unreached = [
        each.path
        for each in network.trainable_variables
        if not reached.get(each.path, False)
    ]
    return Trained(first, losses, gradient, forward, unreached)


def assert_learns(network, inputs, steps=3):
    if not network.trainable_variables:
        pytest.skip("nothing to train")
    train(network, inputs, steps).assert_learns()


def assert_gradient_reaches_inputs(network, inputs):
    train(network, inputs, 1).assert_gradient_reaches_inputs()


def assert_shapes_are_static(network, inputs):
    assert_operations_are_static(network)
    traced = tf.function(
        lambda x: outputs(network, x, training=True), autograph=False
    ).get_concrete_function(tf.TensorSpec(inputs.shape))
    assert_tensors_are_static(traced.graph)


def assert_operations_are_static(network):
    for operation in network.operations:
        for each in keras.tree.flatten(operation.output):
            assert None not in each.shape[1:], operation.name


def assert_tensors_are_static(graph):
    for tensor in _tensors(graph):
        if tensor.op.type == "BroadcastGradientArgs":
            continue  # Axes, as many as are broadcast; folded by compilers.
        assert tensor.shape.is_fully_defined(), tensor.name


def assert_same_seed_builds_the_same(build, inputs):
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        found.append(outputs(build(), inputs, training=True))
    assert_same(*found)


def training_outputs(network, inputs):
    """Of a forward pass in training, after which the network is as before."""
    trained = network.trainable_variables, network.non_trainable_variables
    found, _ = network.stateless_call(*trained, inputs, training=True)
    return keras.tree.flatten(found)


def _tensors(graph):
    every = [each for op in graph.get_operations() for each in op.outputs]
    # Kernels make notes for their gradients, of any shape; none reads them.
    return [each for each in every if each.consumers()]


@functools.cache
def _inference(network):
    return tf.function(
        lambda inputs: outputs(network, inputs, training=False),
        input_signature=[_specs(network, 1)],
        autograph=False,
    )


def _specs(network, batch):
    return keras.tree.map_structure(
        lambda x: tf.TensorSpec((batch, *x.shape[1:]), x.dtype), network.input
    )


def _first(inputs):
    return keras.tree.map_structure(lambda x: x[:1], inputs)


def _floats(inputs):
    return [x for x in keras.tree.flatten(inputs) if x.dtype.is_floating]
