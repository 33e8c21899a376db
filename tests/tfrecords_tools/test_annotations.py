from tfrecords_tools import annotations


def test_a_split_has_one_canonical_name():
    names = [annotations.canonical_split(name) for name in ("VAL", "x", "")]
    assert names == ["validation", None, None]


def test_a_split_may_have_blanks_that_nobody_sees():
    assert annotations.canonical_split("\ufeffVal\u00a0") == "validation"


def test_captions_outside_another_span_are_left_out():
    captions = (
        annotations.Caption("early", 0, 1),
        annotations.Caption("late", 3, 4),
        annotations.Caption("whole"),
    )
    clip = annotations.Clip("a.mp4", caption="early", captions=captions)
    found = annotations.spanned(clip, 2.0, None)
    assert [each.text for each in found.captions] == ["late", "whole"]
    assert found.caption == "late"
