"""Starts the files that take longest first, so that no worker waits at the end.

How long each took is read from `durations.json`, which `make durations`
writes. A file that is not in there starts in the middle: it takes as long as
half of the others.
"""

import collections
import json
import pathlib
import statistics

import pytest

RECORDED = pathlib.Path(__file__).with_name("durations.json")
_TESTS = pathlib.Path(__file__).parent
_FULL = "tests/full/"  # Not part of `make test`.


def sort(items: list[pytest.Item]) -> None:
    """By files; the order of those of one file stays."""
    seconds = json.loads(RECORDED.read_text())
    unknown = statistics.median(seconds.values()) if seconds else 0.0

    def seconds_of_file(item: pytest.Item) -> float:
        return seconds.get(_file(item.nodeid), unknown)

    items.sort(key=lambda item: (-seconds_of_file(item), _file(item.nodeid)))


def test_files() -> set[str]:
    """The files that `make test` runs, `tests/house/test_words.py`."""
    found = {
        path.relative_to(_TESTS.parent).as_posix()
        for path in _TESTS.rglob("test_*.py")
    }
    return {path for path in found if not path.startswith(_FULL)}


class Recorder:
    """Adds up what the tests of each file take, and writes it at the end."""

    def __init__(self) -> None:
        self._seconds: collections.Counter[str] = collections.Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for each setup, call and teardown, of all workers."""
        self._seconds[_file(report.nodeid)] += report.duration

    def pytest_terminal_summary(
        self,
        terminalreporter: pytest.TerminalReporter,
        exitstatus: int,
        config: pytest.Config,
    ) -> None:
        """Writes the files in the order in which they will start.

        A run of some tests only, or with failures, leaves the file alone.
        """
        partial = self._why_partial(exitstatus, config)
        if partial:
            terminalreporter.write_line(
                f"{RECORDED.name} stays as it was: {partial}"
            )
            return
        found = {
            path: round(seconds, 1)
            for path, seconds in self._seconds.most_common()
        }
        RECORDED.write_text(json.dumps(found, indent=1) + "\n")

    def _why_partial(self, exitstatus: int, config: pytest.Config) -> str:
        missing = sorted(test_files() - self._seconds.keys())
        if missing:
            return f"{len(missing)} files did not run, such as {missing[0]}"
        if config.option.keyword:
            return f"got -k {config.option.keyword}, wanted all tests"
        return "some tests failed" if exitstatus else ""


def _file(nodeid: str) -> str:
    return nodeid.split("::")[0]
