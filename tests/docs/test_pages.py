"""What README.md and docs/ show runs as it stands, and every flag in it exists.

Each page runs in a folder of its own that holds what `make demo` makes, much
smaller: `demo/videos` and `demo/shards`. See `blocks` for what a page can say
of its blocks. `make docs` runs every page, `make test` README.md.
"""

import importlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests import forked
from tests.docs import blocks
from tests.house import sources
from tfrecords_tools.base import flags

RUN = [
    page
    for page in blocks.pages()
    if any(block.is_run for block in blocks.of_page(page))
]
COMMANDS = [
    pytest.param(command, id=f"{page}:{block.line}:{number}")
    for page in blocks.pages()
    for block in blocks.of_page(page)
    if block.language == "shell"
    for number, command in enumerate(block.commands, start=1)
    if re.search(r"\b(launch\.|tfrecords_tools\.|video-models )", command)
]
_OURS = re.compile(
    r"(?:-m launch\.|-m tfrecords_tools\.|\bvideo-models )(\w+)([^|&;>]*)"
)


def environment():
    """Of commands that find this Python and the source tree."""
    own = f"{pathlib.Path(sys.executable).parent}{os.pathsep}"
    return {
        **os.environ,
        "PATH": own + os.environ["PATH"],
        "PYTHONPATH": str(sources.ROOT),
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


def called(*arguments, **more):
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **more,
    )


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory):
    """A folder with `demo/videos` and `demo/shards`: 64 and 16 clips."""
    folder = tmp_path_factory.mktemp("small_demo")
    built = called(
        *("-m", "tfrecords_tools.build_shards", "--source=demo"),
        *("--input=demo/videos", "--output=demo/shards"),
        *("--demo.train_clips=64", "--demo.validation_clips=16"),
        cwd=folder,
    )
    assert built.returncode == 0, built.stdout
    return folder


@pytest.mark.full
@pytest.mark.parametrize("page", RUN)
def test_a_page_runs_as_it_stands(page, small_demo, tmp_path):
    folder = shutil.copytree(small_demo, tmp_path / "folder")
    done = forked.run(
        "tests.docs.run_page", page, cwd=folder, env=environment()
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_shown_command_knows_its_flags(command):
    for name, rest in _OURS.findall(command):
        arguments = [each for each in shlex.split(rest) if each != "..."]
        if name in ("build_shards", "check_shards"):
            module = importlib.import_module(f"tfrecords_tools.{name}")
        else:
            module = importlib.import_module(f"launch.commands.{name}")
        flags.parse(module.COMMAND, arguments)


def test_the_readme_shows_the_script_of_the_python_page():
    first = [
        next(b.code for b in blocks.of_page(page) if b.language == "python")
        for page in ("README.md", "docs/python.md")
    ]
    assert first[0] == first[1] and len(first[0].splitlines()) <= 15
