import contextlib
import signal
import socket
import threading

import pytest
import tensorflow as tf

from launch.commands import data_service
from launch.training import data_servers
from tests import forked
from tfrecords_tools.base import errors, flags


@contextlib.contextmanager
def _served(*arguments: str):
    process = forked.start("launch.data_service", *arguments)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_elements_come_once_each_and_the_end_is_clean():
    with _served("--role=local", "--port=0", "--workers=1") as process:
        said = process.first_line()
        address = said.partition("--reader.service=")[2].partition(";")[0]
        service = tf.data.experimental.service.distribute(
            tf.data.experimental.service.ShardingPolicy.DYNAMIC, address
        )
        served = tf.data.Dataset.range(20).map(lambda i: i * i).apply(service)
        assert sorted(served.as_numpy_iterator()) == [i * i for i in range(20)]
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(30)
        assert process.returncode == 0
        assert out.endswith("stopped: local\n")


def _run(*arguments: str) -> None:
    data_service.main(flags.parse(data_service.COMMAND, list(arguments)))


@pytest.fixture
def same_signals():
    kinds = (signal.SIGTERM, signal.SIGINT)
    before = {kind: signal.getsignal(kind) for kind in kinds}
    yield
    for kind, handler in before.items():
        signal.signal(kind, handler)


def test_port_that_is_taken_is_said(same_signals):
    with socket.create_server(("", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(errors.UserError, match=f"--port={port}: Address"):
            _run("--role=dispatcher", f"--port={port}")


def test_worker_without_its_dispatcher_says_what_to_start(same_signals):
    with pytest.raises(errors.UserError, match="--role=dispatcher there"):
        _run("--role=worker", "--dispatcher=localhost:1", "--wait_seconds=0")


def test_worker_wants_an_address(same_signals):
    with pytest.raises(errors.UserError, match="wanted --dispatcher=HOST:PORT"):
        _run("--role=worker")


def test_worker_told_to_stop_waits_no_more():
    told = threading.Event()
    told.set()
    data_servers.run_worker("localhost:1", "localhost", 0, 60.0, told)
