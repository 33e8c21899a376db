"""Networks as TFLite models, in float32 or in fewer bits."""

from collections.abc import Callable, Iterable

import keras
import numpy as np
import tensorflow as tf

from video_models.introspection import tensorflow_internals


def convert(
    network: keras.Model,
    batch: int = 1,
    examples: Iterable[np.ndarray] | None = None,
    weights: str = "float32",
) -> bytes:
    """A TFLite model of built-in operations.

    Args:
        network: float32 in, one tensor out.
        batch: clips that it takes at a time.
        examples: inputs, float32 [batch, ...], that tell the range of every
            tensor; weights and activations are then of 8 bits.
        weights: without examples, how they are stored: float32, float16 or
            int8.
    """
    traced = tf.function(
        lambda inputs: network(inputs, training=False),
        input_signature=[tf.TensorSpec((batch, *network.input.shape[1:]))],
        autograph=False,
    ).get_concrete_function()
    frozen = tensorflow_internals.with_constants(traced)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if examples is not None or weights != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if weights == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if examples is not None:
        converter.representative_dataset = lambda: ([each] for each in examples)
    return converter.convert()


def predictor(
    content: bytes, threads: int
) -> Callable[[np.ndarray], np.ndarray]:
    """Inputs, float32 of the model's batch, to its first output."""
    interpreter = tf.lite.Interpreter(
        model_content=content, num_threads=threads
    )
    interpreter.allocate_tensors()
    (given,) = interpreter.get_input_details()
    wanted = interpreter.get_output_details()[0]

    def predict(inputs: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(given["index"], inputs)
        interpreter.invoke()
        return interpreter.get_tensor(wanted["index"])

    return predict
