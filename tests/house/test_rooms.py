"""Every noun is a folder that a reader takes in at once."""

import collections
import pathlib
import re
import subprocess

from tests.house import sources
from tfrecords_tools.base import registry

MOST_FILES = 16
_TEXT = (sources.ROOT / "CONTRIBUTING.md").read_text()
REGISTRIES = set(re.findall(r"`([a-z_/]+)/<name>\.py`", _TEXT))
# A file for each command, or page, that a user calls, or reads, by its name:
# the folder is the list that they choose from. CONTRIBUTING.md says so.
LISTS = {"launch", "launch/commands", "docs"}


def files() -> list[pathlib.PurePath]:
    """The files of the repository, from its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=sources.ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode == 0:
        found = map(pathlib.PurePath, listed.stdout.splitlines())
        return [each for each in found if (sources.ROOT / each).is_file()]
    return [pathlib.PurePath(each) for each in sources.paths()]


def test_only_registries_hold_more_files_than_a_reader_takes_in():
    counts = collections.Counter(str(path.parent) for path in files())
    allowed = REGISTRIES | LISTS
    allowed |= {f"tests/{folder}" for folder in allowed}
    assert not {
        folder: count
        for folder, count in counts.items()
        if count > MOST_FILES and folder not in allowed
    }


def test_folders_without_the_bound_are_named_in_contributing():
    paragraph = _TEXT[_TEXT.index(f"at most {MOST_FILES} files") :]
    paragraph = paragraph[: paragraph.index("\n\n")]
    assert set(re.findall(r"`([a-z/]+)/`", paragraph)) == LISTS


def test_registries_are_found_in_contributing():
    assert {"tfrecords_tools/sources", "video_models/backbones"} <= REGISTRIES


def test_the_top_of_launch_is_its_commands():
    top = {path.stem for path in (sources.ROOT / "launch").glob("*.py")}
    assert top - {"__init__"} == set(registry.names_in("launch.commands"))
