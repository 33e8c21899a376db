"""README.md and docs/ hold together: links, pages, lengths, counts."""

import re

import pytest

from tests import published_networks
from tests.house import sources

DOCS = sources.ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINKING = [
    sources.ROOT / "README.md",
    sources.ROOT / "CONTRIBUTING.md",
    *PAGES,
]
LINKS = [
    pytest.param(page, target, id=f"{page.name}:{target}")
    for page in LINKING
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    if not target.startswith(("https:", "http:"))
]


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\s-]", "", each.lower()) for each in headings]
    return {re.sub(r"\s+", "-", each.strip()) for each in plain}


@pytest.mark.parametrize("page, target", LINKS)
def test_link_leads_to_a_file_and_a_heading(page, target):
    name, _, anchor = target.partition("#")
    path = page.parent / name if name else page
    assert path.is_file()
    assert not anchor or anchor in anchors(path.read_text())


def test_readme_has_at_most_200_lines():
    readme = (sources.ROOT / "README.md").read_text()
    assert len(readme.splitlines()) <= 200


def test_navigation_names_every_page():
    site = (sources.ROOT / "zensical.toml").read_text()
    named = re.findall(r'= "([\w/-]+\.md)"', site)
    there = [page.relative_to(DOCS).as_posix() for page in PAGES]
    assert sorted(named) == sorted(there)


def test_published_counts_stand_in_one_place():
    counts = {
        f"{network.row.parameters:,}"
        for network in published_networks.every().values()
    }
    texts = {
        path.name: path.read_text()
        for path in LINKING
        if path.name != "networks.md"
    }
    assert not [
        (name, count)
        for name, text in texts.items()
        for count in counts
        if count in text
    ]


@pytest.mark.parametrize("image", sorted(DOCS.glob("images/*")), ids=str)
def test_images_are_small(image):
    assert image.stat().st_size < 150_000
