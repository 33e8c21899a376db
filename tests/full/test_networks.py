"""Every network of a paper through every check, each in a process.

    make test-full                  hours, with nothing else on the machine
    make test-full ONLY=movinet     those with this in their name

FULL_CHECKS=xla,tflite chooses checks, FULL_SECONDS=600 the time that one of
them may take. Results are kept as they come; see result_table.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time

import pytest

from tests import published_networks
from tests.benchmarks.measuring import tables
from tests.full import full_checks, result_table

PACKAGES = ("tensorflow", "keras", "numpy")
SECONDS = float(os.environ.get("FULL_SECONDS", 1800))
ASKED = os.environ.get("FULL_CHECKS", ",".join(full_checks.CHECKS)).split(",")


@pytest.mark.full
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", published_networks.every())
def test_network_of_a_paper_at_full_size(name, capsys):
    found = {}
    with capsys.disabled():
        print(f"\n{name}", flush=True)
        while len(found) < len(ASKED):
            left = [check for check in ASKED if check not in found]
            for made in _run(name, left):
                check = made.pop("check")
                found[check] = made
                print(
                    f"  {check:<15}{made['state']:<9}{made['text']}"
                    f"  ({made['seconds']:.0f} s)",
                    flush=True,
                )
    result_table.record(name, found, tables.versions(*PACKAGES))
    wrong = {k: v["text"] for k, v in found.items() if v["state"] == "wrong"}
    assert not wrong


def _run(name, checks):
    """Yields what each check found, up to one that ends the process."""
    command = [sys.executable, "-m", "tests.full.battery", name, *checks]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        for check in checks:
            limit = threading.Timer(SECONDS, process.kill)
            limit.start()
            start, line = time.perf_counter(), process.stdout.readline()
            seconds = time.perf_counter() - start
            limit.cancel()
            if line:
                yield json.loads(line)
                continue
            errors.seek(0)
            text = f"ended after {seconds:.0f} s: {errors.read()[-200:]}"
            made = {"state": "wrong", "text": text, "seconds": seconds}
            yield {"check": check, **made}
            return
