"""The annotated tree of README.md names what is there, and only that.

It is the first fenced block under the heading that has the word `tree`. Each
line is two spaces a level, one name, then what it is; a folder ends in `/`:

    pipelines/          shards into batches
      batch.py          what a model receives

Every folder of the four rooms is named; one whose files are named has all of
them named.
"""

import functools
import pathlib
import re

from tests.house import sources

README = sources.ROOT / "README.md"


def tree_in(text: str) -> dict[str, str]:
    """Path from the root to what is said of it."""
    block = re.search(
        r"^#+ [^\n]*\btree\b[^\n]*\n(?:(?!^#).)*?^```\w*\n(.*?)^```",
        text,
        re.MULTILINE | re.DOTALL | re.IGNORECASE,
    )
    assert block, "wanted a heading with the word 'tree' and a fenced block"
    found: dict[str, str] = {}
    folders: list[str] = []
    for line in filter(str.strip, block[1].splitlines()):
        indent = len(line) - len(line.lstrip())
        name, _, comment = line.strip().partition(" ")
        level, odd = divmod(indent, 2)
        assert not odd and level <= len(folders), line
        folders[level:] = [name] if name.endswith("/") else []
        path = "".join(folders[:level]) + name
        found[path] = comment.strip(" #")
    return found


@functools.cache
def tree() -> dict[str, str]:
    assert README.is_file(), "README.md is missing"
    return tree_in(README.read_text())


def folders() -> set[str]:
    """All folders of the rooms that hold something of ours."""
    kinds = ("*.py", "*.flagfile")
    found = [
        path.parent
        for room in sources.ROOMS
        for kind in kinds
        for path in (sources.ROOT / room).rglob(kind)
    ]
    return {f"{f.relative_to(sources.ROOT).as_posix()}/" for f in found}


def test_tree_is_read_by_its_indentation():
    text = "# The tree\nSo:\n```\na/   # one\n  b.py   two\nc.cfg\n```\n"
    assert tree_in(text) == {"a/": "one", "a/b.py": "two", "c.cfg": ""}


def test_everything_named_is_there():
    for name in tree():
        path = sources.ROOT / name
        assert path.is_dir() if name.endswith("/") else path.is_file(), name


def test_every_line_says_what_it_is():
    assert not [name for name, comment in tree().items() if not comment]


def test_every_folder_is_named():
    assert not (folders() | {"tests/"}) - tree().keys()


def test_no_folder_has_only_some_of_its_modules_named():
    named = {name for name in tree() if name.endswith(".py")}
    started = {str(pathlib.PurePath(name).parent) for name in named} - {"."}
    wanted = {
        path
        for path in sources.paths()
        if str(pathlib.PurePath(path).parent) in started
        and not path.endswith("__init__.py")
    }
    assert not wanted - named
