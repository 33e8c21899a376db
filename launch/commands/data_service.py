"""Computes batches in other processes or machines, for training to fetch.

With several machines, run one dispatcher, and a worker on each machine. All of
them need the shards under the same path. The port is not authenticated: expose
it to a trusted network only.
"""

import dataclasses
import signal
import socket
import threading

from launch.training import data_servers
from tfrecords_tools.base import errors, flags, interrupt, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """The role of this process in the service."""

    role: str = settings.setting(
        "local",
        "local: dispatcher and workers on this machine; dispatcher: assigns "
        "work, one per service; worker: computes batches.",
        choices=("local", "dispatcher", "worker"),
    )
    port: int | None = settings.setting(
        None,
        "Port to listen on; 0: any free port. Unset: 5050, and any free port "
        "for a worker.",
        minimum=0,
        maximum=65535,
    )
    dispatcher: str | None = settings.setting(
        None, "HOST:PORT of the dispatcher, for --role=worker."
    )
    host: str | None = settings.setting(
        None,
        "Name under which other machines reach this one. Unset: its host "
        "name, and localhost for --role=local.",
    )
    workers: int = settings.setting(
        1,
        "Worker processes, for --role=local; a single one uses all cores.",
        minimum=1,
    )
    journal: str | None = settings.setting(
        None,
        "Folder of the dispatcher's journal, from which it recovers after a "
        "restart. Unset: a restart loses its state.",
    )
    wait_seconds: float = settings.setting(
        60.0, "Seconds that a worker waits for its dispatcher.", minimum=0.0
    )


COMMAND = flags.Command(
    summary="Runs the tf.data service until SIGTERM or Ctrl-C.",
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
