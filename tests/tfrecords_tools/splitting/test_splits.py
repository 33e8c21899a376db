import random

import pytest

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base import errors
from tfrecords_tools.splitting import splits

Clip = annotations.Clip


def settle(clips, groups=(), known=None, action="tie"):
    return splits.settle(annotation_checks.check(clips), groups, known, action)


def split_of(result):
    return {clip.path: clip.split for clip in result[0]}


def others(count=40):
    """Videos that are copies of nothing."""
    return [Clip(f"m{number:02}.mp4") for number in range(count)]


def test_check_leaves_open_what_is_to_be_drawn():
    clips = annotation_checks.check(
        [Clip("a.mp4"), Clip("b.mp4", split="test")]
    )
    assert [clip.split for clip in clips] == ["", "test"]


def test_given_splits_stay():
    clips = annotation_checks.check([Clip("b.mp4", split="test")])
    assert splits.settle(clips) == (clips, [])


@pytest.mark.parametrize("number", range(5))
def test_copies_share_split_and_group(number):
    pair = f"a{number}.mp4", f"z{number}.mp4"
    clips, dropped = settle([*others(), *map(Clip, pair)], [pair])
    told = {(c.split, c.group) for c in clips if c.path in pair}
    assert len(told) == 1 and not dropped


def test_copies_are_drawn_as_one_group_of_the_first_name():
    pair = "a.mp4", "z.mp4"
    tied = settle([*others(), *map(Clip, pair)], [pair])
    grouped = settle([*others(), *(Clip(p, group="a.mp4") for p in pair)])
    assert split_of(tied) == split_of(grouped)


def test_copies_that_are_dropped_do_not_count():
    copies = [Clip(f"z{n}.mp4") for n in range(30)]
    group = ["m00.mp4", *(clip.path for clip in copies)]
    kept, _ = settle([*others(), *copies], [group], action="drop")
    assert split_of((kept, [])) == split_of(settle(others()))


def test_a_drawn_copy_follows_the_given_one():
    clips = [Clip("a.mp4"), Clip("x.mp4", split="test")]
    result = settle(clips, [("a.mp4", "x.mp4")])
    assert split_of(result) == {"a.mp4": "test", "x.mp4": "test"}


def test_the_whole_group_follows():
    result = settle(
        [
            Clip("a.mp4", group="g"),
            Clip("b.mp4", group="g"),
            Clip("x.mp4", split="test"),
        ],
        [("a.mp4", "x.mp4")],
    )
    assert split_of(result)["b.mp4"] == "test"


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
    new, old = "a.mp4", "b.mp4"
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
    known = {"a.mp4": "test"}
    assert split_of(settle([Clip("a.mp4")], (), known)) == known


def test_a_new_copy_goes_where_the_old_one_is():
    new, old = "a.mp4", "b.mp4"
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
