import pytest

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.splitting import video_units


def row(path, group, split="", absent=""):
    return annotations.Clip(path, group=group, split=split, absent=absent)


def test_groups_that_share_a_video_are_one_unit():
    clips = [row("a", "g2"), row("a", "g1"), row("b", "g2"), row("c", "g3")]
    units = video_units.VideoUnits(clips, {})
    assert units.group == {"a": "g1", "b": "g2", "c": "g3"}
    assert units.unit["a"] == units.unit["b"] != units.unit["c"]


def test_a_given_split_holds_for_the_whole_unit():
    clips = [row("a", "g", "test"), row("b", "g")]
    units = video_units.VideoUnits(clips, {"b": "train"})
    assert units.fixed == {"g": "test"}


def test_a_known_split_holds_where_none_is_given():
    units = video_units.VideoUnits([row("a", "g")], {"a": "validation"})
    assert units.fixed == {"g": "validation"}


def test_a_video_that_is_absent_contradicts_nobody():
    clips = [row("a", "g", "train", "no file"), row("b", "g", "test")]
    assert video_units.VideoUnits(clips, {}).fixed == {"g": "test"}
    alone = [row("a", "g", "train", "no file")]
    assert video_units.VideoUnits(alone, {}).fixed == {"g": "train"}


def test_two_given_splits_of_one_unit_are_refused():
    clips = [row("a", "g", "train"), row("b", "g", "test")]
    with pytest.raises(errors.UserError, match="a in train .* and b in test"):
        video_units.VideoUnits(clips, {})


def test_two_known_splits_of_one_unit_are_refused():
    clips = [row("a", "g"), row("b", "g")]
    known = {"a": "train", "b": "test"}
    with pytest.raises(errors.UserError, match="start over with --replace"):
        video_units.VideoUnits(clips, known)
