"""A file of a registry offers what the folder's Protocol says, no other."""

import sys

import pytest

from tfrecords_tools.base import errors, registry

PROTOCOL = '''
from typing import Any, Protocol

class Part(Protocol):
    """A part."""
    Config: type
    FRAMES_ALONE: bool = False
    build_stream: Any = None

    def build(self, config):
        """Builds it."""
'''
GOOD = "class Config: pass\ndef build(config): return 1\n"


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Loads a text as the file `new` of a registry."""
    package = tmp_path / "parts_of_test"
    package.mkdir()
    (package / "__init__.py").write_text(PROTOCOL)
    monkeypatch.syspath_prepend(tmp_path)

    def loaded(text):
        (package / "new.py").write_text(text)
        return registry.load(package.name, "new")

    yield loaded
    for name in [n for n in sys.modules if n.startswith(package.name)]:
        del sys.modules[name]


@pytest.fixture
def refusal(load):
    def refused(text):
        with pytest.raises(errors.UserError) as caught:
            load(text)
        return str(caught.value)

    return refused


def test_one_new_file_is_a_new_name(load):
    load(GOOD)
    assert registry.names_in("parts_of_test") == ("new",)


def test_optional_name_that_is_left_out_has_its_default(load):
    assert load(GOOD).FRAMES_ALONE is False


def test_optional_name_that_is_given_is_kept(load):
    assert load(f"{GOOD}FRAMES_ALONE = True\n").FRAMES_ALONE is True


def test_misspelt_optional_name_is_refused_with_the_nearest(refusal):
    message = refusal(f"{GOOD}FRAME_ALONE = True\n")
    assert "got FRAME_ALONE; did you mean 'FRAMES_ALONE'" in message


def test_refusal_says_file_and_line(refusal):
    message = refusal(f"{GOOD}FRAME_ALONE = True\n")
    assert "/parts_of_test/new.py:3: " in message


def test_misspelt_optional_function_is_refused_with_the_nearest(refusal):
    message = refusal(f"{GOOD}def build_streams(config): pass\n")
    assert "new.py:3: got build_streams; did you mean 'build_stream'" in message


@pytest.mark.parametrize(
    "line, message",
    [
        ("build_streams = functools.partial(build)", "'build_stream'"),
        ("frames_alone = True", "got frames_alone"),
        ("biuld = 1", "did you mean 'build'"),
        ("Tiny = 1", "got Tiny"),
        ("anything = functools.partial(build)", "got anything"),
        ("anything, _other = len, 1", "got anything"),
    ],
)
def test_assigned_name_that_only_looks_offered_is_refused(
    refusal, line, message
):
    found = refusal(f"import functools\n{GOOD}{line}\n")
    assert "new.py:4: got" in found and message in found


def test_function_of_another_file_of_ours_is_refused_too(refusal):
    other = "from parts_of_test import _other\n"
    text = f"{other}{GOOD}build_streams = _other.build\n"
    folder = __import__("parts_of_test").__path__[0]
    with open(f"{folder}/_other.py", "w") as file:
        file.write(GOOD)
    assert "new.py:4: got build_streams" in refusal(text)


def test_required_name_that_is_missing_is_told(refusal):
    message = refusal("class Config: pass\n")
    assert "got no build; wanted Config, build in every file" in message


@pytest.mark.parametrize(
    "line",
    [
        "import math\nshort = math.sqrt",
        "_FRAME_ALONE = True",
        "def _build_streams(config): pass",
        "from typing import Any, Callable, NamedTuple",
        "from math import floor",
        "Spans = list[tuple[int, int]]",
        "Span = int | None",
        "Stream = dict",
        "sizes = 1, 2",
        "import os as OS",
        "class Streams: pass",
    ],
)
def test_private_names_classes_and_imports_are_free(load, line):
    assert load(f"{GOOD}{line}\n").build(None) == 1


def test_folder_without_a_protocol_is_no_registry():
    with pytest.raises(ValueError, match="tests.house has no Protocol"):
        registry.load("tests.house", "sources")
