"""The installed package holds all modules, recipes and markers of types."""

import pathlib
import subprocess
import sys

import pytest

from tests.house import sources


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Paths of the files that setuptools puts into a wheel."""
    pytest.importorskip("setuptools")
    folder = tmp_path_factory.mktemp("build")
    command = [sys.executable, "setup.py", "--quiet", "build"]
    result = subprocess.run(
        [*command, f"--build-base={folder}", f"--build-lib={folder / 'lib'}"],
        cwd=sources.ROOT,
        capture_output=True,
        text=True,
    )
    assert not result.returncode, result.stderr
    return _files_in(folder / "lib", ".")


def _files_in(root: pathlib.Path, folder: str) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("room", sources.ROOMS)
def test_package_holds_every_file_of_a_room(built, room):
    missing = _files_in(sources.ROOT, room) - built
    assert not missing, "\n".join(["not in setup.cfg:", *sorted(missing)])


@pytest.mark.parametrize("room", sources.ROOMS)
def test_types_of_a_room_are_marked(built, room):
    assert f"{room}/py.typed" in built


def test_package_holds_recipes(built):
    assert "launch/recipes/demo.flagfile" in built


def test_package_holds_nothing_but_the_rooms(built):
    assert {name.partition("/")[0] for name in built} == set(sources.ROOMS)
