import random

import pytest

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.survey import splits

Clip = annotations.Clip


def settle(clips, groups=(), known=None, action="tie"):
    return splits.settle(annotations.check(clips), groups, known, action)


def split_of(result):
    return {clip.path: clip.split for clip in result[0]}


def drawn(split, count=1, prefix="clip"):
    """Paths that are drawn into `split` when they stand alone."""
    names = (f"{prefix}{number:03}.mp4" for number in range(1000))
    found = [n for n in names if annotations.draw_split(n) == split]
    return found[:count] if count > 1 else found[0]


def test_check_tells_which_splits_were_drawn():
    clips = annotations.check([Clip("a.mp4"), Clip("b.mp4", split="test")])
    assert [clip.drawn for clip in clips] == [True, False]


def test_without_copies_nothing_changes():
    clips = annotations.check([Clip("a.mp4"), Clip("b.mp4", split="test")])
    assert splits.settle(clips) == (clips, [])


def test_copies_share_split_and_group():
    one, other = drawn("test"), drawn("train")
    clips, dropped = settle([Clip(one), Clip(other)], [(one, other)])
    assert len({(clip.split, clip.group) for clip in clips}) == 1
    assert not dropped


def test_a_tied_split_is_that_of_the_first_path():
    first, later = drawn("test", prefix="a"), drawn("train", prefix="b")
    result = settle([Clip(later), Clip(first)], [(first, later)])
    assert set(split_of(result).values()) == {"test"}


def test_a_copy_with_a_later_name_changes_no_split():
    old = [Clip(path) for path in drawn("validation", 5, "a")]
    before = split_of(settle(old))
    groups = [(clip.path, f"z{n}.mp4") for n, clip in enumerate(old)]
    after = settle(old + [Clip(new) for _, new in groups], groups)
    assert before.items() <= split_of(after).items()


def test_a_drawn_copy_follows_the_given_one():
    one = drawn("train")
    result = settle([Clip(one), Clip("x.mp4", split="test")], [(one, "x.mp4")])
    assert split_of(result) == {one: "test", "x.mp4": "test"}


def test_the_whole_group_follows():
    one, other = drawn("train", 2)
    result = settle(
        [
            Clip(one, group="train"),
            Clip(other, group="train"),
            Clip("x.mp4", split="test"),
        ],
        [(one, "x.mp4")],
    )
    assert split_of(result)[other] == "test"


@pytest.mark.parametrize(
    "stays, goes",
    [("test", "train"), ("validation", "train"), ("test", "validation")],
)
def test_of_given_copies_the_one_for_evaluation_stays(stays, goes):
    clips = [Clip("a.mp4", split=goes), Clip("b.mp4", split=stays)]
    kept, dropped = settle(clips, [("a.mp4", "b.mp4")])
    assert [clip.path for clip in kept] == ["b.mp4"]
    ((clip, reason),) = dropped
    assert clip.path == "a.mp4" and "copy of b.mp4" in reason
    assert stays in reason and goes in reason


def test_only_the_copy_is_dropped_and_not_its_group():
    clips = [
        Clip("a.mp4", split="train", group="g"),
        Clip("b.mp4", split="train", group="g"),
        Clip("c.mp4", split="test"),
    ]
    kept, dropped = settle(clips, [("a.mp4", "c.mp4")])
    assert [clip.path for clip in kept] == ["b.mp4", "c.mp4"]
    assert kept[0].group == "g"


def test_every_clip_of_a_dropped_video_is_dropped():
    spans = [(0.0, 1.0), (1.0, 2.0)]
    clips = [
        Clip("a.mp4", split="train", start_seconds=a, end_seconds=b)
        for a, b in spans
    ]
    clips.append(Clip("b.mp4", split="test"))
    assert len(settle(clips, [("a.mp4", "b.mp4")])[1]) == 2


def test_drop_keeps_the_first_by_path():
    clips = [Clip(path) for path in ("c.mp4", "a.mp4", "b.mp4")]
    group = ("a.mp4", "b.mp4", "c.mp4")
    kept, dropped = settle(clips, [group], action="drop")
    assert [clip.path for clip in kept] == ["a.mp4"]
    assert {clip.path for clip, _ in dropped} == {"b.mp4", "c.mp4"}


def test_what_was_dropped_does_not_come_back_for_another():
    new, old = drawn("test", prefix="a"), drawn("train", prefix="b")
    known = {old: "train"}
    for _ in range(3):
        kept, dropped = settle(
            [Clip(old), Clip(new)], [(new, old)], known, "drop"
        )
        assert [(clip.path, clip.split) for clip in kept] == [(old, "train")]
        rows = kept + [clip for clip, _ in dropped]
        known = {clip.path: clip.split for clip in rows}


def test_drop_keeps_the_given_test_video():
    clips = [Clip("a.mp4"), Clip("b.mp4", split="test")]
    kept, _ = settle(clips, [("a.mp4", "b.mp4")], action="drop")
    assert [clip.path for clip in kept] == ["b.mp4"]


def test_drop_keeps_the_known_video():
    clips = [Clip("a.mp4"), Clip("b.mp4")]
    known = {"b.mp4": "train"}
    kept, _ = settle(clips, [("a.mp4", "b.mp4")], known, "drop")
    assert [clip.path for clip in kept] == ["b.mp4"]


def test_a_known_video_keeps_its_split():
    one = drawn("train")
    assert split_of(settle([Clip(one)], (), {one: "test"})) == {one: "test"}


def test_a_new_copy_goes_where_the_old_one_is():
    new, old = drawn("test", prefix="a"), drawn("test", prefix="b")
    result = settle([Clip(old), Clip(new)], [(new, old)], {old: "train"})
    assert split_of(result) == {old: "train", new: "train"}


def test_a_new_video_of_a_group_goes_where_the_group_is():
    clips = [Clip("a.mp4", group="g"), Clip("b.mp4", group="g")]
    known = {"b.mp4": "validation"}
    assert set(split_of(settle(clips, (), known)).values()) == {"validation"}


def test_a_given_split_counts_more_than_a_known_one():
    clips = [Clip("a.mp4", split="test")]
    assert split_of(settle(clips, (), {"a.mp4": "train"})) == {"a.mp4": "test"}


def test_known_videos_that_are_gone_do_not_matter():
    assert settle([Clip("a.mp4")], [("a.mp4", "x.mp4")], {"x.mp4": "test"})[0]


def test_copies_known_in_two_splits_keep_the_one_for_evaluation():
    clips = [Clip("a.mp4"), Clip("b.mp4"), Clip("c.mp4")]
    known = {"a.mp4": "train", "b.mp4": "test"}
    kept, dropped = settle(clips, [("a.mp4", "b.mp4", "c.mp4")], known)
    assert {clip.path: clip.split for clip in kept} == {
        "b.mp4": "test",
        "c.mp4": "test",
    }
    assert [clip.path for clip, _ in dropped] == ["a.mp4"]


def test_a_group_known_in_two_splits_is_an_error():
    clips = [Clip("a.mp4", group="g"), Clip("b.mp4", group="g")]
    known = {"a.mp4": "train", "b.mp4": "test"}
    with pytest.raises(errors.UserError, match="group 'g' has a.mp4 in train"):
        settle(clips, (), known)


def test_such_a_group_may_be_given_a_split():
    clips = [Clip(name, group="g", split="test") for name in ("a.mp4", "b.mp4")]
    known = {"a.mp4": "train", "b.mp4": "test"}
    assert set(split_of(settle(clips, (), known)).values()) == {"test"}


def test_a_given_group_in_two_splits_is_still_an_error():
    with pytest.raises(errors.UserError, match="give it one split"):
        settle(
            [
                Clip("a.mp4", group="g", split="test"),
                Clip("b.mp4", group="g", split="train"),
            ]
        )


def many(seed):
    random_ = random.Random(seed)
    clips = [
        Clip(
            f"{n:03}.mp4",
            split=random_.choice(["", "", "", "train", "test", "val"]),
        )
        for n in range(120)
    ]
    names = [clip.path for clip in clips]
    groups = [
        random_.sample(names, random_.choice([2, 2, 3])) for _ in range(25)
    ]
    merged = []
    for group in groups:  # As `duplicates.find` gives them: none overlap.
        group = set(group) - {name for other in merged for name in other}
        merged += [group] if len(group) > 1 else []
    return clips, merged


@pytest.mark.parametrize("action", ["tie", "drop"])
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter(seed, action):
    clips, groups = many(seed)
    one = settle(clips, groups, action=action)
    random.Random(seed).shuffle(clips)
    shuffled = [list(group)[::-1] for group in groups[::-1]]
    other = settle(clips, shuffled, action=action)
    for mine, theirs in zip(one, other, strict=True):
        assert sorted(map(repr, mine)) == sorted(map(repr, theirs))


@pytest.mark.parametrize("seed", range(5))
def test_copies_never_stand_in_two_splits(seed):
    clips, groups = many(seed)
    found = split_of(settle(clips, groups))
    for group in groups:
        assert len({found[path] for path in group if path in found}) == 1
    given = {clip.path: clip.split for clip in clips if clip.split}
    for path, split in given.items():
        wanted = annotations.canonical_split(split)
        assert found.get(path, wanted) == wanted


@pytest.mark.parametrize("action", ["tie", "drop"])
@pytest.mark.parametrize("seed", range(5))
def test_the_same_again_with_what_stands_changes_nothing(seed, action):
    clips, groups = many(seed)
    first = settle(clips, groups, action=action)
    again = settle(clips, groups, split_of(first), action)
    assert split_of(again) == split_of(first)


@pytest.mark.parametrize("seed", range(5))
def test_added_videos_change_no_split_that_stands(seed):
    clips, groups = many(seed)
    old = clips[::2]
    names = {clip.path for clip in old}
    before = split_of(settle(old, [set(g) & names for g in groups]))
    after = split_of(settle(clips, groups, before))
    for path, split in before.items():
        assert after.get(path, split) == split
