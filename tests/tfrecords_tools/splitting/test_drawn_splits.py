"""Splits that nobody gives: of their size, of every label, and lasting."""

import collections
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base import errors
from tfrecords_tools.source_parsing import split_lists
from tfrecords_tools.splitting import split_shares, splits

Clip = annotations.Clip


def settle(clips, known=None, shares="8:1:1", **more):
    config = split_shares.Config(shares)
    rows = annotation_checks.check(clips)
    return splits.settle(rows, known=known, shares=config, **more)[0]


def sizes(clips):
    """Clips in train, validation and test."""
    found = collections.Counter(clip.split for clip in clips)
    return [found[split] for split in annotations.SPLITS]


def sizes_of(label, clips):
    return sizes(
        clip
        for clip in clips
        if label
        in annotations.split_labels(
            "|".join([clip.label, *clip.tasks.values()])
        )
    )


def split_of(clips):
    return {clip.path: clip.split for clip in clips}


def of_labels(**counts):
    """So many videos of each label."""
    return [
        Clip(f"{label}/{number}.mp4", label)
        for label, count in counts.items()
        for number in range(count)
    ]


def of_groups(*counts, label=""):
    """So many videos in each group."""
    return [
        Clip(f"{place}/{number}.mp4", label, group=f"g{place}")
        for place, count in enumerate(counts)
        for number in range(count)
    ]


def test_13_clips_of_two_labels_have_both_in_every_split():
    found = settle(of_labels(left=7, right=6))
    assert sizes_of("left", found) == [5, 1, 1]
    assert sizes_of("right", found) == [4, 1, 1]


def test_16_clips_of_two_labels():
    assert sizes(settle(of_labels(left=8, right=8))) == [12, 2, 2]


def test_60_videos_of_three_labels():
    found = settle(of_labels(a=20, b=20, c=20))
    for label in "abc":
        assert sizes_of(label, found) == [16, 2, 2]


def test_parts_of_clips_make_up_the_share_of_the_whole():
    counts = {f"c{n}": 14 for n in range(10)}
    found = settle(of_labels(**counts))
    assert sizes(found) == [112, 14, 14]
    assert {max(sizes_of(label, found)[1:]) for label in counts} == {1, 2}


def test_clips_without_labels_are_sized():
    assert sizes(settle([Clip(f"{n}.mp4") for n in range(20)])) == [16, 2, 2]


def test_some_clips_without_a_label_are_sized_apart():
    found = settle([*of_labels(a=20), *(Clip(f"{n}.mp4") for n in range(20))])
    assert sizes(c for c in found if not c.label) == [16, 2, 2]


def test_a_label_of_two_videos_is_in_train_and_validation():
    found = settle(of_labels(common=58, rare=2))
    assert sizes_of("rare", found) == [1, 1, 0]
    assert sizes(found) == [48, 6, 6]


def test_a_label_of_one_video_is_in_train():
    assert sizes_of("one", settle(of_labels(common=59, one=1))) == [1, 0, 0]


def test_a_rare_label_is_in_every_split_whatever_the_skew():
    found = settle(of_labels(common=1000, rare=3))
    assert sizes_of("rare", found) == [1, 1, 1]
    assert sizes(found) == [803, 100, 100]


def test_labels_of_one_video_each_still_give_splits_of_their_size():
    assert sizes(settle(of_labels(**{f"c{n}": 1 for n in range(50)}))) == [
        40,
        5,
        5,
    ]


@pytest.mark.parametrize(
    "groups, wanted", [(1, [5, 0, 0]), (2, [5, 5, 0]), (3, [5, 5, 5])]
)
def test_train_comes_first_and_then_validation(groups, wanted):
    assert sizes(settle(of_groups(*[5] * groups))) == wanted


def test_labels_of_one_group_each_all_stay_in_train():
    clips = [Clip(f"{n}.mp4", "ab"[n % 2], group=f"g{n % 2}") for n in range(8)]
    assert sizes(settle(clips)) == [8, 0, 0]


def test_groups_of_uneven_size_come_near_the_shares():
    found = settle(of_groups(1, 2, 3, 5, 8, 13, 21, 47))
    assert sizes(found)[0] in range(78, 83)
    assert max(sizes(found)[1:]) <= 13


def test_one_huge_group_stays_in_train():
    assert sizes(settle(of_groups(90, 5, 5))) == [90, 5, 5]


def test_each_of_several_labels_has_its_share():
    clips = [
        Clip(f"{n}.mp4", "|".join(["even"] * (n % 2 == 0) + [f"m{n % 5}"]))
        for n in range(100)
    ]
    found = settle(clips)
    assert sizes(found) == [80, 10, 10]
    for number in range(5):
        assert sizes_of(f"m{number}", found) == [16, 2, 2]


def test_labels_of_further_tasks_have_their_share():
    clips = [
        Clip(f"{n}.mp4", tasks={"place": "park" if n % 4 else "street"})
        for n in range(80)
    ]
    assert sizes_of("street", settle(clips)) == [16, 2, 2]


def test_a_person_of_one_group_does_not_bind_it_to_train():
    clips = [
        Clip(f"{n}.mp4", "ab"[n % 2], tasks={"person": f"p{n}"})
        for n in range(40)
    ]
    assert sizes(settle(clips)) == [32, 4, 4]


def test_rows_without_a_split_fill_the_given_ones_up():
    clips = of_labels(a=20)
    given_ = [Clip(f"given/{n}.mp4", "a", "train") for n in range(20)]
    assert sizes(settle(clips + given_)) == [32, 4, 4]


def test_a_split_that_is_full_gets_nothing():
    given_ = [Clip(f"given/{n}.mp4", "a", "test") for n in range(10)]
    assert sizes(settle(of_labels(a=20) + given_)) == [17, 3, 10]


def test_a_row_without_a_split_follows_its_group():
    clips = [Clip("a.mp4", split="test", group="g"), Clip("b.mp4", group="g")]
    assert set(split_of(settle(clips)).values()) == {"test"}


def test_groups_that_a_video_joins_may_not_be_given_two_splits():
    clips = [
        Clip("a.mp4", split="train", group="g", start_seconds=0.0),
        Clip("a.mp4", group="h", start_seconds=1.0),
        Clip("b.mp4", split="test", group="h"),
    ]
    with pytest.raises(errors.UserError, match="a.mp4 in train.*b.mp4 in test"):
        settle(clips)


def test_a_file_that_is_likely_no_video_takes_no_place():
    notes = [Clip(f"note{n}.txt") for n in range(30)]
    found = settle(of_labels(a=10) + notes)
    assert sizes_of("a", found) == [8, 1, 1]


def test_rows_count_as_the_clips_that_are_cut_from_them():
    clips = [Clip("long.mp4"), *(Clip(f"{n}.mp4") for n in range(50))]
    found = settle(clips, times=lambda c: 50 if c.path == "long.mp4" else 1)
    assert split_of(found)["long.mp4"] == "train"
    assert sizes(found)[1:] == [10, 10]


@pytest.mark.parametrize(
    "shares, wanted",
    [
        ("6:2:2", [12, 4, 4]),
        ("0.5:0.25:0.25", [10, 5, 5]),
        ("9:1:0", [18, 2, 0]),
        ("1:0:1", [10, 0, 10]),
        ("1:0:0", [20, 0, 0]),
    ],
)
def test_shares_may_be_given(shares, wanted):
    assert sizes(settle(of_labels(a=20), shares=shares)) == wanted


@pytest.mark.parametrize(
    "shares",
    ["", "8", "8:2", "8:1:1:1", "8,1,1", "0:1:1", "8:-1:1", "a:b:c", "8::1",
     "nan:1:1", "inf:1:1", "1/2:1:1", "0:0:0", "1e9:1:1"],
)  # fmt: skip
def test_wrong_shares_are_refused(shares):
    with pytest.raises(errors.UserError, match=r"--splits.shares=.*8:1:1"):
        settle(of_labels(a=20), shares=shares)


def test_what_the_standing_data_set_holds_counts():
    known = {f"a/{n}.mp4": "train" for n in range(10)}
    found = settle(of_labels(a=20), known)
    assert sizes(found) == [16, 2, 2]
    assert known.items() <= split_of(found).items()


def test_one_more_video_moves_few_of_a_draw_from_nothing():
    moved, before = [], {}
    for count in range(20, 120):
        clips = [Clip(f"{n}.mp4", "abc"[n % 3]) for n in range(count)]
        after = split_of(settle(clips))
        moved.append(sum(after[path] != s for path, s in before.items()))
        before = after
    assert sum(moved) / len(moved) < 2 and max(moved) < 8


labels = st.sampled_from(["", "a", "a", "a", "b", "b", "c", "a|b", "b|c"])
one_label = st.sampled_from(["", "a", "a", "a", "b", "b", "c"])


def videos(label, of_group=False):
    """Rows with labels and groups, some with a split."""
    row = st.tuples(
        label,
        st.integers(0, 30),
        st.sampled_from([""] * 6 + list(annotations.SPLITS)),
    )

    def clips(rows):
        given_ = {group: split for _, group, split in rows}
        named = {group: label for label, group, _ in rows}
        return [
            Clip(
                f"{n}.mp4",
                named[group] if of_group else label,
                given_[group],
                f"g{group}",
            )
            for n, (label, group, _) in enumerate(rows)
        ]

    return st.lists(row, min_size=1, max_size=80).map(clips)


@given(videos(labels), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_rows_does_not_matter(clips, random_):
    before = split_of(settle(clips))
    random_.shuffle(clips)
    assert split_of(settle(clips)) == before


@given(videos(labels))
@settings(deadline=None)
def test_no_group_is_torn_and_no_given_split_is_changed(clips):
    found = collections.defaultdict(set)
    given_ = {clip.path: clip.split for clip in clips if clip.split}
    for clip in settle(clips):
        found[clip.group].add(clip.split)
        assert given_.get(clip.path, clip.split) == clip.split
    assert all(len(each) == 1 for each in found.values())


@given(videos(labels), st.integers(1, 79))
@settings(deadline=None)
def test_added_data_moves_nobody(clips, count):
    old = clips[:count]
    known = split_of(settle(old))
    # A split that is given later counts more.
    new = [
        Clip(c.path, c.label, "", c.group) if c.path not in known else c
        for c in clips
    ]
    assert known.items() <= split_of(settle(new, known)).items()


@given(videos(one_label, of_group=True))
@settings(deadline=None)
def test_a_label_of_three_groups_is_in_every_split(clips):
    for clip in clips:
        object.__setattr__(clip, "split", "")
    groups = collections.defaultdict(set)
    for clip in clips:
        groups[clip.label].add(clip.group)
    found = settle(clips)
    for label in set(groups) - {""}:
        wanted = min(len(groups[label]), 3)
        assert all(sizes_of(label, found)[:wanted])


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=40),
    st.sampled_from(["8:1:1", "1:1:1", "3:2:0", "6:2:2"]),
)
@settings(deadline=None)
def test_splits_are_within_one_group_of_their_shares(counts, shares):
    found = sizes(settle(of_groups(*counts), shares=shares))
    asked = split_shares.whole(split_shares.Config(shares))
    train, *others = (
        abs(size - share * sum(counts) / sum(asked.values()))
        for size, share in zip(found, asked.values(), strict=True)
    )
    assert max(others) <= max(counts)
    assert train <= 2 * max(counts)  # What the two others got too much.


@given(st.lists(st.integers(10, 60), min_size=1, max_size=6))
@settings(deadline=None)
def test_labels_of_ten_clips_or_more_are_within_one_of_their_shares(counts):
    names = {f"c{n}": count for n, count in enumerate(counts)}
    found = settle(of_labels(**names))
    for label, count in names.items():
        _, *others = sizes_of(label, found)
        assert all(abs(size - count / 10) <= 1 for size in others)
    for size in sizes(found)[1:]:
        assert abs(size - sum(counts) / 10) <= 1


def test_a_shuffled_list_of_many_gives_the_same():
    clips = [
        Clip(f"{n}.mp4", str(n % 7), group=f"g{n // 3}") for n in range(900)
    ]
    before = split_of(settle(clips))
    random.Random(0).shuffle(clips)
    assert split_of(settle(clips)) == before


def test_what_is_held_out_of_training_has_its_share_of_every_class():
    clips = [
        Clip(f"{label}/{n}.avi", label, "train", f"{label}/g{n // 2}")
        for label in ("bow", "dive", "run")
        for n in range(40)
    ]
    clips.append(Clip("test.avi", "run", "test", "g"))
    groups = [clip.group for clip in clips]
    found = split_lists.hold_out(clips, 0.1, groups)
    for label in ("bow", "dive"):
        assert sizes_of(label, found) == [36, 4, 0]
    assert found[-1].split == "test"
