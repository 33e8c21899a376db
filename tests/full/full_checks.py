"""What a network of a paper must hold at full size.

Each check gives what the table of results says of it, fails, or says why it
cannot be made on this machine.
"""

import functools
import math
import pathlib
import tempfile

import keras
import numpy as np
import tensorflow as tf

from launch.model_summary import activation_memory, network_graph
from launch.serving import constant_graph
from tests import published_networks
from tests.contracts import network_checks
from tfrecords_tools.base import registry
from video_models.introspection import tensorflow_internals

CHECKS = (
    "parameters",
    "multiply_adds",
    "output",
    "saved",
    "exported",
    "xla",
    "tflite",
    "training",
)
_SPARE_BYTES = 1e9  # Of TensorFlow itself, and workspaces.
_MOST_OF_TFLITE = 2**31  # Bytes that such a file can have.
_WORKSPACE = 1.4  # Of activations, with what kernels take; 1.3 for MoViNet.
_TFLITE_COPIES = 20  # Of the weights while they are converted; 19 of ViT-L's.


class Skipped(Exception):
    """Why a check cannot be made here."""


class Subject:
    """One network; its methods named in `CHECKS` check it."""

    def __init__(self, published: published_networks.PublishedNetwork):
        self.published, self.row = published, published.row
        random = np.random.default_rng(0)
        shape = (1, *published.clip.shape)
        self.frames = random.integers(0, 256, shape).astype(np.float32)

    def parameters(self) -> str:
        """Trainable ones are as many as published."""
        variables = self.bare.trainable_variables
        found = sum(math.prod(each.shape) for each in variables)
        _want(found == self.row.parameters, f"{found:,}")
        return f"{found:,}"

    def multiply_adds(self) -> str:
        """At most 2 % off the published ones."""
        found, wanted = (
            published_networks.count_multiply_adds(self.bare),
            self.row.multiply_adds,
        )
        text = f"{found / 1e9:,.4g} G"
        if not wanted:
            return f"{text}, none published"
        text += f" ({100 * found / wanted - 100:+.1f} %)"
        _want(abs(found / wanted - 1) <= 0.02, text)
        return text

    def output(self) -> str:
        """Finite logits, one for each class."""
        self._room(2 * self.bytes)
        _want(self.logits.shape == (1, self.row.classes), self.logits.shape)
        _want(np.isfinite(self.logits).all(), "not finite")
        return f"{self.row.classes} logits"

    def saved(self) -> str:
        """The same logits after `save` and `load_model`."""
        self._room(4 * self.bytes)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "network.keras")
            self.network.save(path)
            loaded = keras.saving.load_model(path)
        return self._same(_graph(loaded)(self.frames))

    def exported(self) -> str:
        """The same logits from a SavedModel as `launch.export` writes it."""
        has_constants = self.bytes <= constant_graph.MAX_BYTES
        self._room((constant_graph.COPIES if has_constants else 4) * self.bytes)
        with tempfile.TemporaryDirectory() as folder:
            served = network_checks.exported(self.network, folder)
            (logits,) = served(self.frames)
        return self._same(logits)

    def xla(self) -> str:
        """The same logits compiled."""
        self._room(3 * self.bytes)
        compiled = tf.function(
            lambda: self.graph(self.frames), jit_compile=True
        )
        return self._same(compiled())

    def tflite(self) -> str:
        """Converts, with built-in operations alone."""
        name = self.published.backbone
        module = registry.load(published_networks.FOLDER, name)
        if module.NOT_IN_TFLITE:
            raise Skipped(module.NOT_IN_TFLITE)
        if self.bytes >= _MOST_OF_TFLITE:
            raise Skipped("weights of more than 2 GB, which a file can have")
        self._room(_TFLITE_COPIES * self.bytes)
        frozen = tensorflow_internals.with_constants(
            self.graph.get_concrete_function()
        )
        converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        return f"{len(converter.convert()) / 1e6:,.0f} MB"

    def training(self) -> str:
        """The loss is finite before and after a step, and the gradient is."""
        activations = activation_memory.count_activation_bytes(self.bare)
        self._room(3 * self.bytes + _WORKSPACE * activations)
        first, slope = _step(self.network, self.frames)
        second, _ = _step(self.network, self.frames)
        text = f"{first:.2f} to {second:.2f}"
        _want(np.isfinite([first, second, slope]).all(), text)
        return text

    @functools.cached_property
    def bare(self) -> keras.Model:
        """It without weights."""
        return network_graph.without_weights(self.published.build)

    @functools.cached_property
    def bytes(self) -> int:
        """Of its weights."""
        return 4 * self.bare.count_params()

    @functools.cached_property
    def network(self) -> keras.Model:
        """It with random weights."""
        keras.utils.set_random_seed(0)
        return network_checks.without_zeros(self.published.build())

    @functools.cached_property
    def graph(self) -> tf.types.experimental.PolymorphicFunction:
        """Its forward pass."""
        return _graph(self.network)

    @functools.cached_property
    def logits(self) -> np.ndarray:
        """What it says of the clip."""
        return self.graph(self.frames).numpy()

    def _same(self, logits: tf.Tensor) -> str:
        scale = max(1.0, float(np.abs(self.logits).max()))
        apart = float(np.abs(logits - self.logits).max()) / scale
        _want(apart <= 1e-4, f"{apart:.1e} apart")
        return f"{apart:.0e} apart"

    def _room(self, wanted: float) -> None:
        wanted, free = wanted + _SPARE_BYTES, _free_bytes()
        if wanted > free:
            raise Skipped(
                f"wants {wanted / 1e9:.0f} GB of memory, {free / 1e9:.0f} free"
            )


def _want(fact: bool, text: object) -> None:
    if not fact:
        raise AssertionError(text)


def _graph(network: keras.Model) -> tf.types.experimental.PolymorphicFunction:
    return tf.function(
        lambda frames: network(frames, training=False),
        input_signature=[tf.TensorSpec((1, *network.input.shape[1:]))],
        autograph=False,
    )


def _step(network: keras.Model, frames: np.ndarray) -> tuple[float, float]:
    """Loss of class 0, and the length of its gradient."""

    @tf.function(autograph=False)
    def step(frames: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            logits = network(frames, training=True)
            loss = tf.reduce_mean(-tf.nn.log_softmax(logits)[:, 0])
        weights = network.trainable_variables
        slopes = tape.gradient(loss, weights)
        length = tf.linalg.global_norm(slopes)
        for weight, slope in zip(weights, slopes, strict=True):
            if slope is not None:  # Of a table it may be of some rows.
                slope = tf.convert_to_tensor(slope)
                weight.assign_sub(0.01 * slope / (length + 1e-6))
        return loss, length

    loss, length = step(tf.constant(frames))
    return float(loss), float(length)


def _free_bytes() -> float:
    text = pathlib.Path("/proc/meminfo").read_text()
    (line,) = (x for x in text.splitlines() if x.startswith("MemAvailable"))
    return 1024 * float(line.split()[1])
