"""A file has one idea, and a reader takes it in at once.

About 100 to 150 lines are aimed at; the bound only ever gets lower.
"""

from tests.house import sources

MOST_LINES = 310


def too_many_lines(path: str) -> int | None:
    count = len((sources.ROOT / path).read_text().splitlines())
    return count if count > MOST_LINES else None


def test_no_file_is_longer_than_a_reader_takes_in():
    sources.assert_of_none(sources.paths(), too_many_lines)
