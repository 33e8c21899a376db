"""The tree of docs/architecture.md names every folder, and only those.

It is the fenced block after the heading `The tree`. Each line is two spaces
a level, the name of one folder with its `/`, then what it holds:

    pipelines/          shards into batches
      reading/          shards, their order, their records
"""

import functools
import re

from tests.house import sources

PAGE = sources.ROOT / "docs" / "architecture.md"


def tree_in(text: str) -> dict[str, str]:
    """Path from the root to what is said of it."""
    block = re.search(
        r"^## The tree\n(?:(?!^#).)*?^```\w*\n(.*?)^```",
        text,
        re.MULTILINE | re.DOTALL,
    )
    assert block, f"{PAGE}: wanted `## The tree` and then a fenced block"
    found: dict[str, str] = {}
    folders: list[str] = []
    for line in filter(str.strip, block[1].splitlines()):
        indent = len(line) - len(line.lstrip())
        name, _, comment = line.strip().partition(" ")
        level, odd = divmod(indent, 2)
        assert not odd and level <= len(folders), line
        assert name.endswith("/"), f"{line!r}: wanted a folder, with its /"
        folders[level:] = [name]
        found["".join(folders)] = comment.strip()
    return found


@functools.cache
def tree() -> dict[str, str]:
    return tree_in(PAGE.read_text())


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
    text = "## The tree\nSo:\n```\na/   one\n  b/   two\nc/  three\n```\n"
    assert tree_in(text) == {"a/": "one", "a/b/": "two", "c/": "three"}


def test_everything_named_is_there():
    assert not [n for n in tree() if not (sources.ROOT / n).is_dir()]


def test_every_line_says_what_it_is():
    assert not [name for name, comment in tree().items() if not comment]


def test_every_folder_is_named():
    missing = sorted((folders() | {"tests/"}) - tree().keys())
    assert missing == [], f"name {missing} under `## The tree` of {PAGE}"
