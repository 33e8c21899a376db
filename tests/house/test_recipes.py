"""A recipe opens with goal, data, hardware and number, and its flags exist."""

import re

import pytest

from launch.runs import run_flags
from tests.house import sources
from tfrecords_tools.base import flags

FOLDER = sources.ROOT / "launch" / "recipes"
RECIPES = sorted(path.name for path in FOLDER.glob("*.flagfile"))


def head(name):
    """The comment lines before the first flag."""
    lines = (FOLDER / name).read_text().splitlines()
    flag = next(i for i, line in enumerate(lines) if line.startswith("--"))
    return "\n".join(lines[:flag])


def parts_that_lack(name: str) -> list[str]:
    parts = ("Goal", "Data", "Hardware", "Number")
    found = {
        part: re.search(rf"^# {part}: \S", head(name), re.MULTILINE)
        for part in parts
    }
    return [part for part in parts if not found[part]]


def number_that_is_none(name: str) -> str | None:
    (line,) = re.findall(r"^# Number: (.*)$", head(name), re.MULTILINE)
    one = re.search(r"\d", line) and "pending" not in line.lower()
    return None if one else line


def other_than_comments(name: str) -> list[str]:
    lines = head(name).splitlines() or ["nothing"]
    return [line for line in lines if line and not line.startswith("#")]


def test_known_recipes_are_there():
    assert {"demo.flagfile", "small_real.flagfile"} <= set(RECIPES)


def test_recipes_open_with_goal_data_hardware_and_number():
    sources.assert_of_none(RECIPES, parts_that_lack)


def test_number_of_a_recipe_is_one():
    sources.assert_of_none(RECIPES, number_that_is_none)


def test_recipes_begin_with_comments_only():
    sources.assert_of_none(RECIPES, other_than_comments)


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_is_understood(name):
    flags.parse(run_flags.COMMAND, [f"--flagfile={FOLDER / name}"])
