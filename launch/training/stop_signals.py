"""SIGTERM and Ctrl-C: all hosts of a run stop at the same step."""

import signal
from collections.abc import Callable
from types import TracebackType
from typing import Any

from tfrecords_tools.base import interrupt


class StopSignals:
    """Records stop signals within the context; a second one interrupts.

        with StopSignals(hosts, shared_maximum) as stops:
            while not stops.agreed_stop:
                ...
                stops.sync_stop_request(is_due)

    Attributes:
        stop_signal: number of the signal that this host received, or 0.
        agreed_stop: the signal that all hosts have agreed on, or 0.
    """

    def __init__(self, hosts: int, shared_maximum: Callable[[int], int]):
        """Installs no handlers yet.

        Args:
            hosts: number of hosts.
            shared_maximum: a collective, see `devices.shared_maximum`.
        """
        self._hosts, self._shared_maximum = hosts, shared_maximum
        self._handlers: dict[signal.Signals, Any] = {}
        self.stop_signal = self.agreed_stop = 0

    def sync_stop_request(self, is_due: bool) -> None:
        """Sets `agreed_stop` on all hosts after the same step, or on none.

        Args:
            is_due: whether several hosts synchronise now, at the cost of a
                round trip.
        """
        if self._hosts == 1:
            self.agreed_stop = self.stop_signal
        elif is_due:
            self.agreed_stop = self._shared_maximum(self.stop_signal)

    def __enter__(self) -> "StopSignals":
        self._handlers = {
            number: signal.signal(number, self._note)
            for number in interrupt.stop_signals()
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _note(self, number: int, _: Any) -> None:
        if self.stop_signal:
            raise KeyboardInterrupt
        self.stop_signal = number
