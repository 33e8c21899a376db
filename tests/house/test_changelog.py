"""CHANGELOG.md says each thing once: merges of two branches repeat lines."""

import collections
import re

from tests.house import sources


def sections(text: str) -> dict[str, str]:
    """The text of each version by its heading."""
    parted = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parted[1::2], parted[2::2], strict=True))


def bullets(text: str) -> list[str]:
    """The bullets of a section, each as one line."""
    found = re.findall(r"^- .*(?:\n  +\S.*)*", text, re.MULTILINE)
    return [" ".join(each.split()) for each in found]


def table_rows(text: str) -> list[str]:
    """The first cells of the tables of a section: what each row is about."""
    table = re.compile(r"^\|.*\n\|[ :|-]+\n((?:\|.*\n)*)", re.MULTILINE)
    rows = "".join(table.findall(text)).splitlines()
    return [f"| {row.split(' | ')[0].strip('| ')} |" for row in rows]


def repeated(text: str) -> list[str]:
    return [
        f"{version}: {entry}"
        for version, section in sections(text).items()
        for entry, count in collections.Counter(
            bullets(section) + table_rows(section)
        ).items()
        if count > 1
    ]


def test_repeated_bullets_and_rows_are_found():
    head = "| old | new |\n|---|---|\n"
    text = f"## 2\n\n- One\n  thing.\n- Two.\n\n{head}| a | b |\n\n"
    assert repeated(text + "## 1\n\n- Two.\n") == []
    again = f"### More\n\n- One thing.\n\n{head}| a | c |\n"
    assert repeated(text + again) == ["2: - One thing.", "2: | a |"]


def test_no_bullet_and_no_row_stands_twice_in_a_version():
    found = repeated((sources.ROOT / "CHANGELOG.md").read_text())
    assert not found, "\n".join(["", *found])
