import os
import signal
import threading
import time

import pytest

from tfrecords_tools.base import interrupt


@pytest.fixture
def noted():
    made = interrupt.Noted()
    yield made
    made.close()


def press():
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_is_raised_at_the_end_only(noted):
    done = []
    with pytest.raises(KeyboardInterrupt), noted.inside():
        press()
        done.append(noted.came)
    assert done == [True]


def test_ctrl_c_is_raised_instead_of_what_failed_for_it(noted):
    with pytest.raises(KeyboardInterrupt), noted.inside():
        press()
        raise ValueError("ended without a byte")


def test_deferred_ctrl_c_is_raised_at_the_end_only():
    done = []
    with pytest.raises(KeyboardInterrupt), interrupt.deferred():
        press()
        done.append("all")
    assert done == ["all"]


def test_deferred_ctrl_c_is_raised_instead_of_what_failed():
    with pytest.raises(KeyboardInterrupt), interrupt.deferred():
        press()
        raise ValueError("no process")


def test_ctrl_c_ends_the_waiting(noted):
    ours, theirs = os.pipe()
    presser = threading.Timer(0.1, press)
    presser.start()
    with pytest.raises(KeyboardInterrupt), noted.inside():
        assert not noted.wait_for(ours)
    presser.join()
    os.close(ours)
    os.close(theirs)


def test_another_signal_does_not_end_the_waiting(noted):
    ours, theirs = os.pipe()
    before = signal.signal(signal.SIGUSR1, lambda *_: None)

    def act():
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.1)
        os.write(theirs, b"x")

    actor = threading.Timer(0.1, act)
    actor.start()
    with noted.inside():
        assert noted.wait_for(ours)
    actor.join()
    signal.signal(signal.SIGUSR1, before)
    os.close(ours)
    os.close(theirs)


def test_without_ctrl_c_all_is_as_before(noted):
    before = signal.getsignal(signal.SIGINT)
    with noted.inside():
        pass
    assert signal.getsignal(signal.SIGINT) is before


def test_where_it_is_ignored_it_stays_so(noted):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with noted.inside():
            press()
        assert not noted.came
    finally:
        signal.signal(signal.SIGINT, before)


def test_stop_signals_are_both():
    assert set(interrupt.stop_signals()) == {signal.SIGTERM, signal.SIGINT}


def test_a_signal_that_is_ignored_is_no_stop_signal():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert interrupt.stop_signals() == (signal.SIGTERM,)
    finally:
        signal.signal(signal.SIGINT, before)
