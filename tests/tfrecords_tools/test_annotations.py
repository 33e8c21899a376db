from tfrecords_tools import annotations


def test_a_split_has_one_canonical_name():
    names = [annotations.canonical_split(name) for name in ("VAL", "x", "")]
    assert names == ["validation", None, None]


def test_a_split_may_have_blanks_that_nobody_sees():
    assert annotations.canonical_split("\ufeffVal\u00a0") == "validation"
