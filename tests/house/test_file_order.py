"""The record of what each test file takes, and the order that it gives."""

import json
import types

import pytest

from tests import file_order

FILES = ("tests/test_a.py", "tests/test_b.py")


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Writes the record of a run, and returns what is then recorded."""
    path = tmp_path / "durations.json"
    path.write_text('{"tests/test_gone.py": 5.0}')
    monkeypatch.setattr(file_order, "RECORDED", path)
    monkeypatch.setattr(file_order, "test_files", lambda: set(FILES))

    def run(files=FILES, exitstatus=0, keyword=""):
        recorder = file_order.Recorder()
        for seconds, file in enumerate(files, start=1):
            recorder.pytest_runtest_logreport(
                types.SimpleNamespace(nodeid=f"{file}::test", duration=seconds)
            )
        recorder.pytest_terminal_summary(
            types.SimpleNamespace(write_line=print),
            exitstatus,
            types.SimpleNamespace(
                option=types.SimpleNamespace(keyword=keyword)
            ),
        )
        return json.loads(path.read_text())

    return run


def test_record_of_a_whole_run_has_its_files_alone(record):
    assert record() == {"tests/test_b.py": 2, "tests/test_a.py": 1}


@pytest.mark.parametrize(
    "partial, why",
    [
        ({"files": FILES[:1]}, "1 files did not run, such as tests/test_b.py"),
        ({"exitstatus": 1}, "some tests failed"),
        ({"keyword": "one"}, "got -k one, wanted all tests"),
    ],
)
def test_partial_run_leaves_the_record_alone(record, capsys, partial, why):
    assert record(**partial) == {"tests/test_gone.py": 5.0}
    assert capsys.readouterr().out == f"durations.json stays as it was: {why}\n"


def test_file_without_a_record_starts_in_the_middle(tmp_path, monkeypatch):
    path = tmp_path / "durations.json"
    path.write_text('{"short.py": 1.0, "long.py": 9.0, "middle.py": 4.0}')
    monkeypatch.setattr(file_order, "RECORDED", path)
    names = ("short", "new", "middle", "long")
    items = [types.SimpleNamespace(nodeid=f"{n}.py::test") for n in names]
    file_order.sort(items)
    found = [each.nodeid.partition(".")[0] for each in items]
    assert found == ["long", "middle", "new", "short"]


def test_every_recorded_file_exists():
    recorded = json.loads(file_order.RECORDED.read_text())
    assert not recorded.keys() - file_order.test_files()
