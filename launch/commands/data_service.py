"""Makes batches on further processes or machines, for training to fetch.

Over several machines: one dispatcher, and on each machine that is to help a
worker; all of them see the shards under the same path. Whoever reaches the
port can have the workers compute: keep it within a trusted network.
"""

import dataclasses
import signal
import socket
import threading

from launch.training import data_servers
from tfrecords_tools.base import errors, flags, interrupt, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Which part of the service runs here."""

    role: str = settings.setting(
        "local",
        "local: all of it on this machine; dispatcher: tells workers what to "
        "do, one for all; worker: makes batches.",
        choices=("local", "dispatcher", "worker"),
    )
    port: int | None = settings.setting(
        None,
        "Port to listen on, 0: any that is free. Not given: 5050, and for a "
        "worker any that is free.",
        minimum=0,
        maximum=65535,
    )
    dispatcher: str | None = settings.setting(
        None, "HOST:PORT of the dispatcher, for --role=worker."
    )
    host: str | None = settings.setting(
        None,
        "Name by which the others reach this machine. Not given: its own, "
        "and localhost for --role=local.",
    )
    workers: int = settings.setting(
        1,
        "Worker processes, for --role=local; one uses all cores by itself.",
        minimum=1,
    )
    journal: str | None = settings.setting(
        None,
        "Folder where the dispatcher writes down what it does, so that it "
        "goes on after a restart. Not given: a restart forgets.",
    )
    wait_seconds: float = settings.setting(
        60.0, "How long a worker waits for its dispatcher.", minimum=0.0
    )


COMMAND = flags.Command(
    summary="Runs the tf.data service, till SIGTERM or Ctrl-C.",
    settings=Config,
)


def main(resolved: flags.Resolved) -> None:
    """Serves until SIGTERM or Ctrl-C, then exits with status 0."""
    config = resolved.settings
    stop_event = threading.Event()
    for number in interrupt.stop_signals():
        signal.signal(number, lambda *_: stop_event.set())
    if config.role == "worker":
        _work(config, stop_event)
    else:
        _dispatch(config, stop_event)
    print(f"stopped: {config.role}")
    data_servers.exit_process()


def _work(config: Config, stop_event: threading.Event) -> None:
    if not config.dispatcher:
        raise errors.UserError(
            "--role=worker: wanted --dispatcher=HOST:PORT, which the "
            "dispatcher prints when it starts"
        )
    host = config.host or socket.gethostname()
    print(f"worker on {host}, of the dispatcher at {config.dispatcher}")
    data_servers.run_worker(
        config.dispatcher,
        host,
        config.port or 0,
        config.wait_seconds,
        stop_event,
    )


def _dispatch(config: Config, stop_event: threading.Event) -> None:
    local = config.role == "local"
    host = config.host or ("localhost" if local else socket.gethostname())
    port = 5050 if config.port is None else config.port
    with data_servers.dispatcher(port, config.journal) as port:
        print(
            f"dispatcher on port {port}, {config.workers if local else 'no'} "
            f"worker(s) here. Train with: --reader.service=grpc://{host}:{port}"
            "; stop with Ctrl-C or SIGTERM",
            flush=True,
        )
        team = data_servers.WorkerPool(f"localhost:{port}", host)
        with team.running(config.workers if local else 0):
            while not stop_event.wait(0.5):
                team.replace_dead_workers()
