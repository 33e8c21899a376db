import os
import signal
import subprocess
import sys
import time

import pytest

from tfrecords_tools.base import errors, isolated


def behave(name, how):
    """What a decoder may do; runs in the process."""
    yield name
    if how == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "exit":
        os._exit(7)
    if how == "spin":
        while True:
            pass
    if how == "sleep":
        time.sleep(1000)
    if how == "bloat":
        yield len(bytearray(10**9))
    if how == "raise":
        raise errors.UserError("no good")
    yield os.getpid()


@pytest.fixture
def process():
    limits = isolated.Config(cpu_seconds=1, memory_mb=400, stall_seconds=2)
    with isolated.Process(limits, behave, "first") as process:
        yield process


def test_it_gives_what_the_function_gives(process):
    found = list(process.run("well"))
    assert found[0] == "first" and found[1] != os.getpid()


def test_it_lives_on_from_call_to_call(process):
    assert list(process.run("well")) == list(process.run("well"))


@pytest.mark.parametrize(
    "how, status, reason",
    [
        ("crash", "crashed", "SIGSEGV"),
        ("exit", "crashed", "exit 7"),
        ("spin", "too_slow", "1 s of CPU time"),
        ("sleep", "too_slow", "nothing for 2 s"),
        ("bloat", "too_large", "400 MB"),
    ],
)
def test_a_death_has_a_cause_and_the_next_call_works(
    process, how, status, reason
):
    with pytest.raises(isolated.Died, match=reason) as caught:
        list(process.run(how))
    assert caught.value.status == status
    assert len(list(process.run("well"))) == 2


def test_an_error_of_the_function_is_raised_here(process):
    before = list(process.run("well"))
    with pytest.raises(errors.UserError, match="no good"):
        list(process.run("raise"))
    assert list(process.run("well")) == before


def test_what_is_not_read_to_its_end_does_not_reach_the_next_call(process):
    next(process.run("well"))
    assert next(process.run("well")) == "first"


PARENT = """
import sys
from tests.tfrecords_tools.base import test_isolated
from tfrecords_tools.base import isolated
process = isolated.Process(isolated.Config(), test_isolated.behave, "first")
print(list(process.run("well"))[1], flush=True)
next(process.run("spin"))
process.run("spin").__next__()
list(process.run("spin"))
"""


def test_a_killed_parent_takes_a_busy_child_along():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    )
    child = int(parent.stdout.readline())
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    until = time.monotonic() + 20
    while os.path.exists(f"/proc/{child}") and time.monotonic() < until:
        time.sleep(0.1)
    assert not os.path.exists(f"/proc/{child}")
