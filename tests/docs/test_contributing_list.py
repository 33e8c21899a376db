"""The registries of CONTRIBUTING.md are those of the Protocols."""

from tests.docs import contributing_list


def test_list_is_that_of_the_protocols():
    text = contributing_list.PATH.read_text("utf-8")
    assert text == contributing_list.with_list(text), (
        "run: python -m tests.docs.contributing_list"
    )


def test_lines_are_short():
    _, _, rest = contributing_list.PATH.read_text("utf-8").partition(
        contributing_list.BEGIN
    )
    text, _, _ = rest.partition(contributing_list.END)
    assert max(map(len, text.splitlines())) <= 100
