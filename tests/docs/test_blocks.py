"""How the blocks of a page are read."""

import pytest

from tests.docs import blocks


def only(text):
    (block,) = blocks.parsed(text)
    return block


def test_a_block_is_what_stands_between_fences():
    block = only("Text\n\n```python\na = 1\nb = 2\n```\nMore\n")
    assert (block.language, block.code) == ("python", "a = 1\nb = 2")


def test_a_block_knows_its_first_line():
    assert only("Text\n\n```python\na = 1\n```\n").line == 4


def test_blocks_come_in_their_order():
    found = blocks.parsed("```shell\na\n```\n\n```python\nb\n```\n")
    assert [block.language for block in found] == ["shell", "python"]


@pytest.mark.parametrize("language", ["python", "shell"])
def test_python_and_shell_are_run(language):
    assert only(f"```{language}\na\n```\n").is_run


@pytest.mark.parametrize("language", ["", "text", "json"])
def test_other_languages_are_not_run(language):
    assert not only(f"```{language}\na\n```\n").is_run


def test_a_marked_block_is_not_run():
    block = only("<!-- not run: needs a GPU -->\n```shell\na\n```\n")
    assert not block.is_run and block.not_run == "needs a GPU"


def test_a_blank_line_may_stand_between_mark_and_block():
    assert not only("<!-- not run: slow -->\n\n```shell\na\n```\n").is_run


def test_a_mark_holds_for_one_block_only():
    text = "<!-- not run: slow -->\n```shell\na\n```\n\n```shell\nb\n```\n"
    assert [block.is_run for block in blocks.parsed(text)] == [False, True]


def test_a_mark_without_a_reason_is_refused():
    with pytest.raises(AssertionError, match="line 1"):
        blocks.parsed("<!-- not run: -->\n```shell\na\n```\n")


def test_a_mark_without_a_block_is_refused():
    with pytest.raises(AssertionError, match="wanted a fenced block"):
        blocks.parsed("<!-- not run: slow -->\nText\n")


def test_other_comments_are_left_alone():
    assert only("<!-- a note -->\n```shell\na\n```\n").is_run


def test_a_block_without_an_end_is_refused():
    with pytest.raises(AssertionError, match="line 1"):
        blocks.parsed("```shell\na\n")


def test_an_indented_block_loses_its_indent():
    assert only("- a\n\n  ```python\n  if x:\n    y\n  ```\n").code == (
        "if x:\n  y"
    )


def test_a_command_over_several_lines_is_one():
    assert only("```shell\na \\\n  b\nc\n```\n").commands == ["a    b", "c"]


def test_flags_are_added_to_the_command_of_their_word():
    text = "<!-- run with: train --x=1 -->\n```shell\ntrain --a\npredict\n```\n"
    assert only(text).commands == ["train --a --x=1", "predict"]


def test_flags_may_be_added_to_several_commands():
    text = (
        "<!-- run with: a --x -->\n<!-- run with: b --y -->\n"
        "```shell\nuse a\nuse b\n```\n"
    )
    assert only(text).commands == ["use a --x", "use b --y"]


def test_commands_that_no_reader_sees_are_run_first():
    found = blocks.parsed("<!-- run first:\na\nb\n-->\n\n```python\nc\n```\n")
    assert [block.code for block in found] == ["a\nb", "c"]
    assert found[0].is_run
