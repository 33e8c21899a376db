"""The servers of the tf.data service: one dispatcher and its workers.

They run the pipeline that training sends, and know nothing of clips.
"""

import contextlib
import importlib
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, NoReturn

import tensorflow as tf

from tfrecords_tools.base import errors

_LOOK_SECONDS = 0.5
# Stopping a busy worker of TensorFlow 2.21 may block forever, holding the
# interpreter's lock. Workers have no state to save: processes exit at once.
_KEPT: list[Any] = []
_TOO_SOON_SECONDS = 20.0  # A worker that ends sooner would end again.


@contextlib.contextmanager
def dispatcher(port: int, journal: str | None = None) -> Iterator[int]:
    """Runs a dispatcher within the context.

    Args:
        port: to listen on; 0 for any free port.
        journal: folder from which a restart recovers; None for none.

    Yields:
        The port.

    Raises:
        UserError: the port is in use or the folder is unusable.
    """
    _check_free(port)
    config = tf.data.experimental.service.DispatcherConfig(
        port=port,
        protocol="grpc",
        work_dir=journal,
        fault_tolerant_mode=journal is not None,
    )
    try:
        server = tf.data.experimental.service.DispatchServer(config)
    except (tf.errors.OpError, RuntimeError) as error:
        raise errors.UserError(
            f"the dispatcher cannot start on port {port}: {error}; choose "
            "another --port or --journal"
        ) from error
    try:
        yield int(server.target.rpartition(":")[2])
    finally:
        server.stop()


def run_worker(
    dispatcher: str,
    host: str,
    port: int,
    wait_seconds: float,
    stop_event: threading.Event,
) -> None:
    """Runs a worker until `stop_event` is set or the parent process ends.

    The server itself runs until its process ends: call `exit_process`.

    Args:
        dispatcher: HOST:PORT.
        host: name under which other machines reach this one.
        port: to listen on; 0 for any free port.
        wait_seconds: for the dispatcher to answer.
        stop_event: set to stop the worker.

    Raises:
        UserError: the port is in use or the dispatcher does not answer.
    """
    dispatcher = dispatcher.rpartition("://")[2]
    _check_free(port)
    if not _reached(dispatcher, wait_seconds, stop_event):
        return
    with contextlib.suppress(ImportError):  # Registers its tokenizer ops.
        importlib.import_module("tensorflow_text")
    config = tf.data.experimental.service.WorkerConfig(
        dispatcher_address=dispatcher,
        worker_address=f"{host}:%port%",
        port=port,
        protocol="grpc",
        dispatcher_timeout_ms=int(1000 * max(wait_seconds, 1.0)),
        data_transfer_protocol="grpc",
        data_transfer_address=f"{host}:%dts_port%",
    )
    try:
        server = tf.data.experimental.service.WorkerServer(config)
    except (tf.errors.OpError, RuntimeError) as error:
        raise errors.UserError(
            f"no dispatcher of the data service at {dispatcher}: {error}"
        ) from error
    parent = multiprocessing.parent_process()
    print(f"worker ready, of {dispatcher}", flush=True)
    while not stop_event.wait(_LOOK_SECONDS):
        if parent is not None and not parent.is_alive():
            break
    _KEPT.append(server)


def exit_process(code: int = 0) -> NoReturn:
    """Exits the process at once, even with a running worker."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class WorkerPool:
    """Worker processes of one dispatcher on this machine."""

    def __init__(self, dispatcher: str, host: str):
        """`dispatcher` is HOST:PORT, `host` the name of this machine."""
        self._arguments = dispatcher, host
        self._began: dict[Any, float] = {}

    @contextlib.contextmanager
    def running(self, count: int) -> Iterator[None]:
        """Runs `count` processes within the context."""
        try:
            for _ in range(count):
                self._add()
            yield
        finally:
            for process in self._began:
                process.terminate()
            for process in self._began:
                process.join(10)
                if process.is_alive():
                    process.kill()

    def replace_dead_workers(self) -> None:
        """Starts a new process for each one that has ended.

        Raises:
            UserError: a process ended right after its start.
        """
        for process, began in list(self._began.items()):
            if process.is_alive():
                continue
            del self._began[process]
            message = f"a worker ended with code {process.exitcode}"
            if time.monotonic() - began < _TOO_SOON_SECONDS:
                raise errors.UserError(f"{message} soon after its start")
            print(f"{message}; a new one starts", file=sys.stderr, flush=True)
            self._add()

    def _add(self) -> None:
        # Not a fork: forks lose TensorFlow's threads.
        process = multiprocessing.get_context("spawn").Process(
            target=_run_pool_worker, args=self._arguments
        )
        process.start()
        self._began[process] = time.monotonic()


def _run_pool_worker(dispatcher: str, host: str) -> None:
    stop_event = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop_event.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent sends SIGTERM.
    try:
        run_worker(dispatcher, host, 0, 30.0, stop_event)
    except errors.UserError as error:
        print(f"error: {error}", file=sys.stderr)
        exit_process(2)
    exit_process()


def _check_free(port: int) -> None:
    """Raises UserError if the port is in use; gRPC would silently share it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            raise errors.UserError(
                f"--port={port}: {error.strerror}; choose another, or 0 for "
                "any free port"
            ) from error


def _reached(address: str, seconds: float, stop_event: threading.Event) -> bool:
    """Whether the address answers; False if the stop event came first."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise errors.UserError(f"--dispatcher={address}: wanted HOST:PORT")
    end = time.monotonic() + seconds
    said = False
    while not stop_event.is_set():
        try:
            socket.create_connection((host, int(port)), 5).close()
            return True
        except OSError as error:
            if time.monotonic() >= end:
                raise errors.UserError(
                    f"--dispatcher={address} does not answer "
                    f"({error.strerror or error}): start python -m "
                    "launch.data_service --role=dispatcher there, or raise "
                    "--wait_seconds"
                ) from error
        if not said:
            print(f"waiting for the dispatcher at {address}", flush=True)
            said = True
        stop_event.wait(_LOOK_SECONDS)
    return False
