"""Groups of videos in the report."""

import pytest

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.building import build_report, shard_journal


def rows(*videos):
    clips = [annotations.Clip(path, group=group) for path, group in videos]
    return build_report.rows(
        shard_journal.Outcome(clip, "ok", "") for clip in clips
    )


def groups(*videos):
    return {row["path"]: row["group"] for row in rows(*videos)}


def test_a_row_has_the_group_of_its_video():
    assert groups(("a.mp4", "s"), ("b.mp4", "")) == {
        "a.mp4": "s",
        "b.mp4": "b.mp4",
    }


def test_a_video_of_two_groups_joins_them():
    found = groups(("a", "1"), ("b", "1"), ("b", "2"), ("c", "2"), ("d", "3"))
    assert found == {"a": "1", "b": "1", "c": "1", "d": "3"}


def test_a_report_without_splits_is_refused(tmp_path):
    (tmp_path / "report.csv").write_text("path\na.mp4\n")
    with pytest.raises(errors.UserError, match="records the split"):
        build_report.splits(tmp_path / "report.csv")


def test_a_video_without_a_group_is_its_own(tmp_path):
    text = "path,group\na.mp4,x\nb.mp4,\n"
    (tmp_path / "report.csv").write_text(text)
    paths = ["a.mp4", "b.mp4", "c.mp4"]
    found = build_report.groups_of(tmp_path, paths)
    assert found == ["x", "b.mp4", "c.mp4"]


@pytest.mark.parametrize(
    "is_video, wanted", [(True, "bad"), (False, "skipped")]
)
def test_a_known_video_that_fails_is_not_skipped_for_its_name(is_video, wanted):
    clip = annotations.Clip("calm/v4", is_video=is_video)
    outcome = shard_journal.Outcome(clip, "bad", "no image")
    (row,) = build_report.rows([outcome])
    assert row["status"] == wanted
