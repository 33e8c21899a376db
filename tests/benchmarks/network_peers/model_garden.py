"""TF Model Garden's MoViNet-A0, with a training step as its trainer has."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
import tf_keras
from official.projects.movinet.modeling import movinet, movinet_model

from tests.benchmarks.networks import network_job

PACKAGES = ("tensorflow", "tf-models-official", "tf_keras")


def build(job: network_job.Job) -> network_job.Built:
    """Builds what the job says."""
    tf.config.threading.set_intra_op_parallelism_threads(job.threads)
    conv = "2plus1d" if job.network.endswith("2plus1d") else "3d"
    backbone = movinet.Movinet(
        model_id="a0",
        conv_type=conv,
        use_sync_bn=False,
        stochastic_depth_drop_rate=0.0,
    )
    network = movinet_model.MovinetClassifier(
        backbone, num_classes=job.classes, dropout_rate=0.2
    )
    network.build([job.batch, job.frames, job.size, job.size, 3])
    make = _training if job.task == "train" else _predicting
    count = sum(int(np.prod(v.shape)) for v in network.trainable_variables)
    return network_job.Built(make(network, job), count)


def _training(
    network: tf_keras.Model, job: network_job.Job
) -> Callable[[], float]:
    frames = tf.constant(network_job.frames(job))
    labels = tf.constant(network_job.labels(job))
    optimizer = tf_keras.optimizers.SGD(1e-3, momentum=0.9)

    @tf.function
    def step(frames: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        pixels = tf.cast(frames, tf.float32) / 255.0
        with tf.GradientTape() as tape:
            logits = network({"image": pixels}, training=True)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            )
        variables = network.trainable_variables
        slopes = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(slopes, variables, strict=True))
        return loss

    return lambda: step(frames, labels).numpy()


def _predicting(
    network: tf_keras.Model, job: network_job.Job
) -> Callable[[], float]:
    frames = tf.constant(network_job.frames(job))

    @tf.function
    def predict(frames: tf.Tensor) -> tf.Tensor:
        pixels = tf.cast(frames, tf.float32) / 255.0
        return network({"image": pixels}, training=False)

    return lambda: predict(frames).numpy().mean()
