"""Groups are dealt into folds whole, and labels evenly."""

import collections

import pytest

from pipelines.reading import folds
from tfrecords_tools.base import errors

GROUPS = list("aaaabbbccddefgh")
LABELS = list("xxxxyyyxxyyxyxy")


def dealt(groups=GROUPS, labels=LABELS, count=3, **more):
    return folds.deal(groups, labels, count, **more)


def test_a_group_never_spans_two_folds():
    found = collections.defaultdict(set)
    for group, fold in zip(GROUPS, dealt(), strict=True):
        found[group].add(fold)
    assert all(len(each) == 1 for each in found.values())


def test_every_fold_has_its_share_of_each_label():
    found = collections.Counter(zip(dealt(), LABELS, strict=True))
    assert sorted(found) == [(f, v) for f in (1, 2, 3) for v in "xy"]
    assert max(collections.Counter(dealt()).values()) <= 6


@pytest.mark.parametrize("number", [0, 5])
def test_the_order_of_clips_does_not_matter(number):
    backwards = dealt(GROUPS[::-1], LABELS[::-1], number=number)
    assert backwards[::-1] == dealt(number=number)


def test_another_number_deals_other_folds():
    found = [dealt(number=number) for number in (0, 1, 2, 3)]
    assert found[0] == dealt() and found[1] == dealt(number=1)
    assert len(set(map(tuple, found))) > 1


def test_groups_of_one_label_go_to_the_smallest_fold():
    names = list("aaabbccdda")
    found = dict(zip(names, dealt(names, [0] * 10), strict=True))
    assert found == {"a": 1, "b": 2, "c": 3, "d": 2}


def test_more_folds_than_groups_are_refused():
    with pytest.raises(errors.UserError, match=r"9 folds, .* of 8 group"):
        dealt(count=9)


def read(tmp_path, text, paths=("a.mp4",), table=None, column="group"):
    (tmp_path / "report.csv").write_text(text)
    return folds.read_groups(str(tmp_path), paths, table, column)


def test_groups_are_those_of_the_report(tmp_path):
    text = "path,split,group\na.mp4,train,g\nb.mp4,train,\n"
    assert read(tmp_path, text, ("b.mp4", "a.mp4")) == ["b.mp4", "g"]


def test_a_table_may_name_its_column(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("path,source\na.mp4,s\n")
    found = read(tmp_path, "", table=str(table), column="source")
    assert found == ["s"]


def test_a_report_without_groups_names_the_remedy(tmp_path):
    with pytest.raises(errors.UserError, match="path and group; give a table"):
        read(tmp_path, "path,split\na.mp4,train\n")


def test_a_missing_table_names_the_remedy(tmp_path):
    with pytest.raises(errors.UserError, match="cannot read .*; give a table"):
        read(tmp_path, "", table=str(tmp_path / "none.csv"))


def test_a_video_without_a_row_is_named(tmp_path):
    text = "path,group\nb.mp4,g\n"
    with pytest.raises(errors.UserError, match="has no row of a.mp4"):
        read(tmp_path, text)
