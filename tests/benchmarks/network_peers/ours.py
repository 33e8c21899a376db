"""This project's networks: its training step, and its exported model.

In training, option `loop` takes whole steps of the train loop, with the
averaged copy of the weights; else a step ends with the optimizer's update,
as those of the peers do. Prediction is that of an exported model; `plain` has
the network as it trains, with variables, `tflite` and `int8` the converted
model.
"""

import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from launch.runs import devices
from launch.serving import constant_graph
from launch.training import gradients, recomputation, train_loop
from pipelines import batch
from tests.benchmarks.networks import network_job, tflite_models
from tfrecords_tools.base import registry
from video_models import objective, video_network
from video_models.introspection import folding
from video_models.optimization import optimizers

PACKAGES = ("tensorflow", "keras")

# Backbone, temporal block, head, and the backbone's settings.
_STILL = {"stochastic_depth": 0.0}
_PARTS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "r2plus1d": ("r2plus1d", "none", "published", {}),
    "r3d": ("r3d", "none", "published", {}),
    "frame_resnet": ("frame_resnet", "attention", "classifier", {}),
    "movinet": ("movinet", "none", "published", _STILL),
    "movinet_2plus1d": (
        "movinet",
        "none",
        "published",
        {**_STILL, "conv": "2plus1d"},
    ),
    "vit": ("vit", "none", "published", _STILL),
    "frame_efficientnet_lite": (
        "frame_efficientnet_lite",
        "none",
        "published",
        {**_STILL, "weights": "imagenet"},
    ),
}
_MOMENTUM = optimizers.Config(name="momentum")


def build(job: network_job.Job) -> network_job.Built:
    """Builds what the job says."""
    xla = "on" if "xla" in job.options else "off"
    precision = "bfloat16" if "bfloat16" in job.options else "float32"
    settings = devices.Config("one", xla, precision, job.threads)
    strategy = devices.start(settings)
    if job.task == "train":
        return _training(job, strategy, devices.compiles(settings))
    network = video_network.build(*_components(job), _clip(job), job.classes)
    predict = _as_tflite if "tflite" in job.options else _as_saved_model
    return network_job.Built(predict(network, job), _count(network))


def _clip(job: network_job.Job) -> batch.ClipSpec:
    return batch.ClipSpec(frames=job.frames, size=job.size)


def _components(job: network_job.Job) -> tuple[registry.Chosen, ...]:
    backbone, temporal, head, values = _PARTS[job.network]
    module = registry.load("video_models.backbones", backbone)
    return (
        registry.Chosen(backbone, module, module.Config(**values)),
        registry.choose("video_models.temporal", temporal),
        registry.choose("video_models.heads", head),
    )


def _count(network: Any) -> int:
    return sum(int(np.prod(v.shape)) for v in network.trainable_variables)


def _training(
    job: network_job.Job, strategy: tf.distribute.Strategy, xla: bool
) -> network_job.Built:
    names = tuple(f"class {number}" for number in range(job.classes))
    task = objective.Task(_clip(job), names)
    goal = registry.choose("video_models.objectives", "classification")

    def make_objective() -> objective.Objective:
        components = objective.Components(*_components(job))
        make_optimizer = lambda: optimizers.build(_MOMENTUM, 1e-3)  # noqa: E731
        return goal.build(components, task, make_optimizer)

    given = {
        "frames": network_job.frames(job),
        "label": network_job.labels(job).astype(np.int32),
        "mask": np.ones(job.batch, np.float32),
    }
    data = tf.data.Dataset.from_tensors(given).repeat().prefetch(1)
    if "loop" in job.options:
        config = train_loop.Config(steps=10**9, batch_size=job.batch)
        loop = train_loop.TrainLoop(make_objective, strategy, config, xla)
        spread = iter(strategy.experimental_distribute_dataset(data))
        network = loop.objective.networks["classifier"]
        once = lambda: loop.execute(spread, 0)["loss"].numpy()[0]  # noqa: E731
        return network_job.Built(once, _count(network))
    made = make_objective()
    network = made.networks["classifier"]
    if "remat" in job.options:
        recomputation.recompute_blocks(network)
    return network_job.Built(_step(made, data, job, xla), _count(network))


def _step(
    made: objective.Objective, data: tf.data.Dataset, job: network_job.Job, xla
) -> Callable[[], float]:
    (player,) = made.players
    variables = made.networks["classifier"].trainable_variables
    player.optimizer.build(variables)
    slopes = gradients.build_gradient_function(
        made, player.name, variables, job.batch, xla=xla
    )
    seed, zero = tf.constant([0, 0], tf.int64), tf.constant(0)

    @tf.function
    def step(given: dict[str, tf.Tensor]) -> tf.Tensor:
        found, losses = slopes(given, seed, tf.cast(zero, tf.int64), zero)
        player.optimizer.apply(found, variables)
        return losses["loss"]

    batches = iter(data)
    return lambda: step(next(batches)).numpy()


def _as_saved_model(network: Any, job: network_job.Job) -> Callable[[], Any]:
    def answer(pixels: tf.Tensor) -> dict[str, tf.Tensor]:
        frames = tf.cast(pixels, tf.float32)
        return {"logits": network(frames, training=False)}

    pixels = tf.TensorSpec((None, *network.input.shape[1:]), tf.uint8)
    module = tf.Module()
    if "plain" in job.options:
        module.network = network
    else:
        network = folding.without_normalization(network)
        answer = constant_graph.with_constants(answer, pixels=pixels)
    module.serve = tf.function(
        lambda pixels: answer(pixels=pixels)["logits"],
        input_signature=[pixels],
        jit_compile="xla" in job.options,
    )
    with tempfile.TemporaryDirectory() as folder:
        constant_graph.save(module, folder)
        loaded = tf.saved_model.load(folder)
    frames = network_job.frames(job)
    return lambda: np.mean(loaded.serve(tf.constant(frames)))


def _as_tflite(network: Any, job: network_job.Job) -> Callable[[], Any]:
    frames = network_job.frames(job).astype(np.float32)
    examples = [frames] if "int8" in job.options else None
    content = tflite_models.convert(network, job.batch, examples)
    predict = tflite_models.predictor(content, job.threads)
    return lambda: np.mean(predict(frames))
