"""Says before the first step whether a data service is there and answers.

TensorFlow itself waits without end and without a word, deaf to Ctrl-C.
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
        address: as of `--reader.service`.
        seconds: how long to wait for a worker.

    Raises:
        UserError: it is no address, or none answers there.
    """
    host, _, port = address.removeprefix(_PREFIX).rpartition(":")
    if not (address.startswith(_PREFIX) and host and port.isdigit()):
        raise errors.UserError(
            f"--reader.service={address}: wanted grpc://HOST:PORT, as "
            "launch.data_service prints it"
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
            f"--reader.service={address}: no batch came within {seconds:g} s. "
            "Does a dispatcher listen there, and has it a worker? Start one "
            "by python -m launch.data_service --role=worker"
        )


def _serves(address: str, seconds: float) -> bool:
    served = threading.Event()

    def fetch() -> None:
        distribute = tf.data.experimental.service.distribute
        off = tf.data.experimental.service.ShardingPolicy.OFF
        one = tf.data.Dataset.range(1).apply(distribute(off, address))
        next(one.as_numpy_iterator())  # Each worker has one to give.
        served.set()

    # A thread that can be left behind: nothing ends a fetch that waits.
    threading.Thread(target=fetch, daemon=True).start()
    return served.wait(seconds)
