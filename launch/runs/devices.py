"""Chooses the strategy, the numeric precision and the threads of a run."""

import dataclasses
import functools
import json
import os
import platform
from collections.abc import Callable

import keras
import tensorflow as tf

from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Devices, precision and threads."""

    strategy: str = settings.setting(
        "auto",
        "one: a single device; mirrored: all GPUs of this machine; "
        "multi_worker: the workers of TF_CONFIG; tpu; auto: mirrored with "
        "several GPUs, else one.",
        choices=("auto", "one", "mirrored", "multi_worker", "tpu"),
    )
    xla: str = settings.setting(
        "auto",
        "Compile forward and backward passes; auto: on for GPUs, off for CPUs, "
        "where XLA is slower. TPUs always compile whole steps.",
        choices=("auto", "on", "off"),
    )
    precision: str = settings.setting(
        "float32",
        "Dtype of the computation; weights and losses stay float32.",
        choices=("float32", "bfloat16"),
    )
    threads: int | None = settings.setting(
        None, "CPU threads per operation. Unset: all cores.", minimum=1
    )
    logical_cpus: int | None = settings.setting(
        None, "Split the CPU into this many devices, for testing.", minimum=1
    )
    tpu: str = settings.setting(
        "local", "Name or address of the TPU, for --devices.strategy=tpu."
    )


def start(config: Config) -> tf.distribute.Strategy:
    """Sets up the devices; call once, before any computation.

    Raises:
        UserError: a requested device is missing.
    """
    try:
        if config.threads:
            tf.config.threading.set_intra_op_parallelism_threads(config.threads)
        if config.logical_cpus:
            tf.config.set_logical_device_configuration(
                tf.config.list_physical_devices("CPU")[0],
                [tf.config.LogicalDeviceConfiguration()] * config.logical_cpus,
            )
    except RuntimeError as error:
        raise errors.UserError(
            "--devices.threads and --devices.logical_cpus must be set before "
            f"TensorFlow has started: {error}"
        ) from error
    mixed = config.precision != "float32"
    keras.mixed_precision.set_global_policy(
        f"mixed_{config.precision}" if mixed else "float32"
    )
    return _strategy(config)


def describe(config: Config, strategy: tf.distribute.Strategy) -> str:
    """One line: replicas and their kind, XLA, precision."""
    replicas = strategy.num_replicas_in_sync
    plural = "s" if replicas > 1 else ""
    return (
        f"{replicas} replica{plural} on {_kind(config)}, "
        f"XLA {'on' if compiles(config) else 'off'}, {config.precision}"
    )


def _kind(config: Config) -> str:
    if config.strategy == "tpu":
        return "TPU"
    return "GPU" if tf.config.list_physical_devices("GPU") else "CPU"


def compiles(config: Config) -> bool:
    """Whether XLA compiles forward and backward passes."""
    if config.strategy == "tpu":
        return False
    if config.xla == "auto":
        return bool(tf.config.list_physical_devices("GPU"))
    return config.xla == "on"


def host_count_and_index(strategy: tf.distribute.Strategy) -> tuple[int, int]:
    """Number of hosts, and the index of this one."""
    cluster = strategy.cluster_resolver
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return 1, 0
    spec = cluster.cluster_spec().as_dict()
    workers = len(spec.get("worker", [])) + len(spec.get("chief", []))
    first = len(spec.get("chief", [])) if cluster.task_type == "worker" else 0
    return max(workers, 1), (cluster.task_id or 0) + first


def host_index(config: Config) -> int:
    """Index of this host, known before devices are set up."""
    if config.strategy != "multi_worker":
        return 0
    cluster = _cluster()
    task, chiefs = (
        cluster.get("task", {}),
        cluster.get("cluster", {}).get("chief"),
    )
    first = len(chiefs or ()) if task.get("type") == "worker" else 0
    return int(task.get("index", 0)) + first


def shared_maximum(
    strategy: tf.distribute.Strategy,
) -> Callable[[int], int]:
    """A collective: all hosts call it, all get the largest number."""

    @tf.function
    def gathered(number: tf.Tensor) -> tf.Tensor:
        def gather() -> tf.Tensor:
            context = tf.distribute.get_replica_context()
            return context.all_gather(number[None], axis=0)

        return strategy.experimental_local_results(strategy.run(gather))[0]

    return lambda number: int(gathered(tf.constant(number)).numpy().max())


def numerics(
    config: Config, strategy: tf.distribute.Strategy
) -> dict[str, str | int]:
    """Settings that must be equal for a bit-exact resume."""
    return {
        "xla": compiles(config),
        "replicas": strategy.num_replicas_in_sync,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "processor": platform.machine(),
        "cores": os.cpu_count() or 0,
        "intra_threads": tf.config.threading.get_intra_op_parallelism_threads(),
        "inter_threads": tf.config.threading.get_inter_op_parallelism_threads(),
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"),
    }


def _cluster() -> dict:
    try:
        return json.loads(os.environ.get("TF_CONFIG") or "{}")
    except ValueError as error:
        raise errors.UserError(
            f"TF_CONFIG is not JSON ({error}): wanted the cluster and this task"
        ) from error


def _strategy(config: Config) -> tf.distribute.Strategy:
    # First: workers connect before any device is initialised.
    if config.strategy == "multi_worker":
        if not _cluster():
            raise errors.UserError(
                "--devices.strategy=multi_worker: wanted the environment "
                "variable TF_CONFIG with the cluster and this task"
            )
        return tf.distribute.MultiWorkerMirroredStrategy()
    if config.strategy == "tpu":
        return _tpu_strategy(config.tpu)
    gpus = tf.config.list_logical_devices("GPU")
    several = config.strategy == "auto" and len(gpus) > 1
    if config.strategy == "mirrored" or several:
        devices = gpus or tf.config.list_logical_devices("CPU")
        return _mirrored(tuple(d.name for d in devices))
    return tf.distribute.get_strategy()


@functools.cache
def _mirrored(names: tuple[str, ...]) -> tf.distribute.Strategy:
    """One strategy a process: collectives of two do not work together."""
    return tf.distribute.MirroredStrategy(list(names))


def _tpu_strategy(address: str) -> tf.distribute.Strategy:
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(address)
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
    except (ValueError, OSError, RuntimeError, tf.errors.OpError) as error:
        raise errors.UserError(
            f"--devices.strategy=tpu: no TPU at {address!r} ({error}); "
            "give its name with --devices.tpu, or another strategy"
        ) from error
    return tf.distribute.TPUStrategy(resolver)
