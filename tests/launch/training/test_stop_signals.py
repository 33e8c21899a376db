"""Signals are sent to this process, as Ctrl-C and `kill` do."""

import signal

import pytest

from launch.training import stop_signals


def _alone() -> stop_signals.StopSignals:
    return stop_signals.StopSignals(1, lambda number: number)


def test_one_host_stops_after_the_step_in_which_the_signal_came():
    with _alone() as stops:
        signal.raise_signal(signal.SIGTERM)
        assert (stops.stop_signal, stops.agreed_stop) == (signal.SIGTERM, 0)
        stops.sync_stop_request(is_due=False)
        assert stops.agreed_stop == signal.SIGTERM


def test_several_hosts_ask_one_another_only_when_it_is_due():
    asked = []

    def shared_maximum(number):
        asked.append(number)
        return signal.SIGINT

    with stop_signals.StopSignals(2, shared_maximum) as stops:
        stops.sync_stop_request(is_due=False)
        assert (asked, stops.agreed_stop) == ([], 0)
        stops.sync_stop_request(is_due=True)
        assert (asked, stops.agreed_stop) == ([0], signal.SIGINT)


def test_second_signal_interrupts_at_once():
    with pytest.raises(KeyboardInterrupt), _alone():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)


def test_handlers_are_put_back_also_after_an_error():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ValueError), _alone():
        assert signal.getsignal(signal.SIGTERM) != before
        raise ValueError
    assert signal.getsignal(signal.SIGTERM) == before
