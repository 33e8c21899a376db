import pytest

from tfrecords_tools import annotations
from tfrecords_tools.base import errors

Clip = annotations.Clip


def faults(*clips):
    with pytest.raises(errors.UserError) as caught:
        annotations.check(list(clips))
    return str(caught.value).splitlines()


@pytest.mark.parametrize("name", ["val", "Valid", "dev", "validation"])
def test_other_names_of_validation_mean_it(name):
    (clip,) = annotations.check([Clip("a.mp4", split=name)])
    assert clip.split == "validation"


def test_a_split_has_one_canonical_name():
    names = [annotations.canonical_split(name) for name in ("VAL", "x", "")]
    assert names == ["validation", None, None]


def test_every_faulty_row_is_named():
    found = faults(
        Clip("", origin="t:2"),
        Clip("fine.mp4", origin="t:3"),
        Clip("a.mp4", split="tran", origin="t:4"),
    )
    assert [line[:4] for line in found] == ["t:2:", "t:4:"]


@pytest.mark.parametrize("path", ["/etc/a.mp4", "../a.mp4", "a/../../b.mp4"])
def test_a_path_out_of_the_root_is_refused(path):
    assert "leaves the video root" in faults(Clip(path))[0]


@pytest.mark.parametrize(
    "start, end", [(-1, 2), (3, 3), (4, 2), (float("nan"), 1)]
)
def test_an_impossible_span_is_refused(start, end):
    assert faults(Clip("a.mp4", start_seconds=start, end_seconds=end))


def test_the_same_clip_twice_names_the_first():
    found = faults(Clip("a.mp4", origin="t:2"), Clip("a.mp4", origin="t:3"))
    assert found[0].startswith("t:3") and "t:2" in found[0]


def test_two_spans_of_one_video_are_two_clips():
    spans = [(0, 1), (1, 2)]
    clips = [Clip("a.mp4", start_seconds=a, end_seconds=b) for a, b in spans]
    assert len(annotations.check(clips)) == 2


def test_a_group_in_two_splits_is_refused():
    assert (
        "group 'g'"
        in faults(
            Clip("a.mp4", split="train", group="g"),
            Clip("b.mp4", split="test", group="g"),
        )[0]
    )


def test_a_group_is_drawn_into_one_split():
    clips = [Clip(f"{n}.mp4", group="g") for n in range(50)]
    assert len({clip.split for clip in annotations.check(clips)}) == 1


def test_drawn_splits_are_8_to_1_to_1():
    clips = annotations.check([Clip(f"{n}.mp4") for n in range(2000)])
    counts = [sum(c.split == s for c in clips) for s in annotations.SPLITS]
    assert counts == pytest.approx([1600, 200, 200], abs=50)


def test_no_clips_are_an_error():
    assert faults() == ["no clips: the source listed nothing"]


def test_a_missing_video_is_named_with_its_row(tmp_path):
    with pytest.raises(errors.UserError, match="t:7: no file .*a.mp4"):
        annotations.check([Clip("a.mp4", origin="t:7")], tmp_path)


def test_a_label_with_a_line_break_is_refused():
    assert "line break" in faults(Clip("a.mp4", label="one\ntwo"))[0]
