"""Few groups of several labels: each label in train, then in every split."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tfrecords_tools import annotations
from tfrecords_tools.splitting import stratified_draw

SHARES = {"train": 8, "validation": 1, "test": 1}

label_sets = st.sets(st.sampled_from("abcd"), min_size=1)
few_groups = st.lists(
    st.tuples(label_sets, st.integers(1, 12)), min_size=1, max_size=6
)


def drawn(groups, shares=SHARES, standing=()):
    units = {
        f"g{n}": stratified_draw.counted(
            [(annotations.Clip(f"{n}.mp4", "|".join(sorted(labels))), count)]
        )
        for n, (labels, count) in enumerate(groups)
    }
    found = stratified_draw.draw(units, dict(standing), shares)
    return [found[f"g{n}"] for n in range(len(groups))]


def inside(groups, splits, split):
    """The labels in a split."""
    return set().union(
        *(g for (g, _), s in zip(groups, splits, strict=True) if s == split)
    )


def test_the_only_group_of_a_label_stays_in_train():
    groups = [({"b"}, 1), (set("bcd"), 1), (set("bd"), 1), (set("abc"), 1)]
    assert inside(groups, drawn(groups), "train") == set("abcd")


def test_labels_that_can_be_in_every_split_are():
    groups = [(set("ab"), 1), ({"a"}, 1), ({"b"}, 1), (set("ab"), 1)]
    splits = drawn(groups)
    for split in SHARES:
        assert inside(groups, splits, split) == set("ab")


def test_an_identity_in_each_group_leaves_the_labels_their_splits():
    units = {
        f"g{n}": stratified_draw.counted(
            [(annotations.Clip(f"{n}", "a", tasks={"person": f"p{n}"}), 1)]
        )
        for n in range(6)
    }
    found = stratified_draw.draw(units, {}, SHARES)
    assert set(found.values()) == set(SHARES)


@given(few_groups)
@settings(deadline=None)
def test_every_label_is_in_train(groups):
    every = set().union(*(labels for labels, _ in groups))
    assert inside(groups, drawn(groups), "train") == every


@given(few_groups, st.sampled_from(["8:1:1", "6:2:2"]))
@settings(deadline=None)
def test_every_label_is_in_every_split_where_that_can_be(groups, shares):
    every = set().union(*(labels for labels, _ in groups))
    can_be = any(
        all(inside(groups, splits, split) == every for split in SHARES)
        for splits in itertools.product(SHARES, repeat=len(groups))
    )
    sizes = dict(zip(SHARES, map(int, shares.split(":")), strict=True))
    found = drawn(groups, sizes)
    assert not can_be or all(
        inside(groups, found, split) == every for split in SHARES
    )
