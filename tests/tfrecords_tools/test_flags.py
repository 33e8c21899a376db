import dataclasses
import os
import subprocess
import sys

import pytest

from tfrecords_tools.base import errors, flags, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """One number."""

    rate: float = settings.setting(1.0, "A number.")


COMMAND = flags.Command(summary="Nothing.", settings=Config)


def fault(*arguments):
    with pytest.raises(errors.UserError) as caught:
        flags.parse(COMMAND, list(arguments))
    return str(caught.value)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
def test_a_number_must_be_finite(text):
    assert "wanted a finite number" in fault(f"--rate={text}")


def test_a_flag_file_without_a_name_is_told():
    assert "flagfile" in fault("--flagfile")


def test_a_flag_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "a.flagfile"
    path.write_bytes(b"--rate=\xff\n")
    told = fault(f"--flagfile={path}")
    assert str(path) in told and "not UTF-8" in told


def test_a_reader_that_stops_early_ends_the_command_quietly():
    here, there = os.pipe()
    os.close(here)
    command = [sys.executable, "-m", "tfrecords_tools.build_shards", "--help"]
    result = subprocess.run(command, stdout=there, stderr=subprocess.PIPE)
    os.close(there)
    assert (result.returncode, result.stderr) == (141, b"")


@dataclasses.dataclass(frozen=True)
class Parts:
    """A choice that follows another."""

    cut: str = settings.setting("windows", "How to cut.")
    engine: str | None = settings.setting(None, "What runs it.")


PARTS = flags.Command(
    summary="Nothing.",
    settings=Parts,
    choices={
        "cut": "tfrecords_tools.cutting",
        "engine": "tfrecords_tools.engines",
    },
    not_given={
        "engine": lambda chosen: (
            "beam" if chosen["cut"].__name__.endswith("shots") else "local"
        )
    },
)


@pytest.mark.parametrize(
    "arguments, engine",
    [([], "local"), (["--cut=shots"], "beam")],
)
def test_a_choice_that_is_not_given_follows_those_before(arguments, engine):
    resolved = flags.parse(PARTS, arguments)
    assert resolved.one("engine").name == engine
    assert resolved.settings.engine == engine


def test_a_choice_that_is_given_stays():
    resolved = flags.parse(PARTS, ["--cut=shots", "--engine=local"])
    assert resolved.settings.engine == "local"


@dataclasses.dataclass(frozen=True)
class Several:
    """A choice of several."""

    cut: tuple[str, ...] = settings.setting((), "How to cut.")


def test_a_choice_that_is_named_twice_is_refused():
    command = flags.Command(
        "Nothing.", Several, choices={"cut": PARTS.choices["cut"]}
    )
    with pytest.raises(errors.UserError, match="names shots twice"):
        flags.parse(command, ["--cut=shots,windows,shots"])
