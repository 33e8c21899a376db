"""A recipe opens with goal, data, hardware and number, and its flags exist."""

import re

import pytest

from launch.runs import run_flags
from tests.house import sources
from tfrecords_tools.base import flags

FOLDER = sources.ROOT / "launch" / "recipes"
RECIPES = sorted(path.name for path in FOLDER.glob("*.flagfile"))
every_recipe = pytest.mark.parametrize("name", RECIPES)


def head(name):
    """The comment lines before the first flag."""
    lines = (FOLDER / name).read_text().splitlines()
    flag = next(i for i, line in enumerate(lines) if line.startswith("--"))
    return "\n".join(lines[:flag])


@pytest.mark.parametrize("name", ["demo.flagfile", "small_real.flagfile"])
def test_recipe_is_there(name):
    assert name in RECIPES


@every_recipe
@pytest.mark.parametrize("part", ["Goal", "Data", "Hardware", "Number"])
def test_recipe_opens_with(name, part):
    assert re.search(rf"^# {part}: \S", head(name), re.MULTILINE)


@every_recipe
def test_number_of_a_recipe_is_one(name):
    (line,) = re.findall(r"^# Number: (.*)$", head(name), re.MULTILINE)
    assert re.search(r"\d", line) and "pending" not in line.lower()


@every_recipe
def test_recipe_begins_with_comments_only(name):
    lines = head(name).splitlines()
    assert lines and all(line.startswith("#") or not line for line in lines)


@every_recipe
def test_recipe_is_understood(name):
    flags.parse(run_flags.COMMAND, [f"--flagfile={FOLDER / name}"])
