"""Starts the files that take longest first, so that no worker waits at the end.

How long each took is read from `durations.json`, which `make durations`
writes. A file that is not in there may take any time: it starts first.
"""

import collections
import json
import pathlib

import pytest

RECORDED = pathlib.Path(__file__).with_name("durations.json")


def sort(items: list[pytest.Item]) -> None:
    """By files; the order of those of one file stays."""
    seconds = json.loads(RECORDED.read_text())

    def seconds_of_file(item: pytest.Item) -> float:
        return seconds.get(_file(item.nodeid), float("inf"))

    items.sort(key=lambda item: (-seconds_of_file(item), _file(item.nodeid)))


class Recorder:
    """Adds up what the tests of each file take, and writes it at the end."""

    def __init__(self) -> None:
        self._seconds: collections.Counter[str] = collections.Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for each setup, call and teardown, of all workers."""
        self._seconds[_file(report.nodeid)] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Writes the files in the order in which they will start."""
        found = {
            path: round(seconds, 1)
            for path, seconds in self._seconds.most_common()
        }
        RECORDED.write_text(json.dumps(found, indent=1) + "\n")


def _file(nodeid: str) -> str:
    return nodeid.split("::")[0]
