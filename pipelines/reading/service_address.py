"""Checks before the first step that a tf.data service answers.

TensorFlow itself waits forever, without a message, and ignores Ctrl-C.
"""

import socket
import threading

import tensorflow as tf

from tfrecords_tools.base import errors

_CONNECT_SECONDS = 10.0
_PREFIX = "grpc://"


def check(address: str, seconds: float = 60.0) -> None:
    """Fetches one number from the service.

    Args:
        address: value of `--reader.service`.
        seconds: timeout for a worker.

    Raises:
        UserError: the address is malformed, or no service answers there.
    """
    host, _, port = address.removeprefix(_PREFIX).rpartition(":")
    if not (address.startswith(_PREFIX) and host and port.isdigit()):
        raise errors.UserError(
            f"--reader.service={address}: wanted grpc://HOST:PORT, as printed "
            "by launch.data_service"
        )
    try:
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise errors.UserError(
            f"--reader.service={address} does not answer "
            f"({getattr(error, 'strerror', None) or error}): start python -m "
            "launch.data_service there, or leave --reader.service out"
        ) from error
    if not _serves(address, seconds):
        raise errors.UserError(
            f"--reader.service={address}: no batch within {seconds:g} s. Is "
            "this a dispatcher with a worker? Start a worker "
            "with python -m launch.data_service --role=worker"
        )


def _serves(address: str, seconds: float) -> bool:
    served = threading.Event()

    def fetch() -> None:
        distribute = tf.data.experimental.service.distribute
        off = tf.data.experimental.service.ShardingPolicy.OFF
        one = tf.data.Dataset.range(1).apply(distribute(off, address))
        next(one.as_numpy_iterator())  # Each worker yields one.
        served.set()

    # A daemon thread: nothing can interrupt a waiting fetch.
    threading.Thread(target=fetch, daemon=True).start()
    return served.wait(seconds)
