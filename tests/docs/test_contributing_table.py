"""The table of CONTRIBUTING.md says what the Protocols of registries say."""

from tests.docs import contributing_table


def test_table_is_that_of_the_protocols():
    text = contributing_table.PATH.read_text("utf-8")
    assert text == contributing_table.with_table(text), (
        "run: python -m tests.docs.contributing_table"
    )
