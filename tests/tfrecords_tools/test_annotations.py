import os

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


def test_all_faults_of_a_row_stand_in_its_line():
    (told,) = faults(Clip("../a.mp4", "one\n", "tran", origin="t:2"))
    for text in ("leaves the video root", "line break", "'tran'"):
        assert text in told


@pytest.mark.parametrize("path", ["./a/b.mp4", "a//b.mp4", "a/./b.mp4"])
def test_a_path_has_one_spelling(path):
    assert annotations.check([Clip(path)])[0].path == "a/b.mp4"
    told = faults(Clip("a/b.mp4", origin="t:2"), Clip(path, origin="t:3"))
    assert "same clip stands at t:2" in told[0]


def test_a_video_in_two_splits_is_refused_whatever_its_groups():
    told = faults(
        Clip("a.mp4", split="train", start_seconds=0),
        Clip("a.mp4", split="test", start_seconds=1, group="g"),
    )
    assert "video 'a.mp4'" in told[0]


def test_a_settled_clip_is_kept_as_it_is():
    clips = annotations.check([Clip("a.mp4", split="train", group="g")])
    assert annotations.check(clips)[0] is clips[0]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root/run").mkdir(parents=True)
    (tmp_path / "root/run/a.mp4").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/b.mp4").touch()
    return tmp_path / "root"


def missing(root, path):
    with pytest.raises(errors.UserError) as caught:
        annotations.check([Clip(path, origin="t:7")], root)
    return str(caught.value)


def test_a_link_within_the_root_is_followed(root):
    (root / "b.mp4").symlink_to("run/a.mp4")
    (root / "walk").symlink_to("run")
    assert annotations.check([Clip("b.mp4"), Clip("walk/a.mp4")], root)


@pytest.mark.parametrize("target", ["../../elsewhere/b.mp4", "/etc/hostname"])
def test_a_link_to_a_file_out_of_the_root_is_refused(root, target):
    (root / "run/b.mp4").symlink_to(target)
    told = missing(root, "run/b.mp4")
    assert told.startswith("t:7: ") and "leaves the video root" in told


def test_a_linked_folder_out_of_the_root_is_refused_with_a_remedy(root):
    (root / "more").symlink_to(root.parent / "elsewhere")
    told = missing(root, "more/b.mp4")
    assert str(root.parent / "elsewhere/b.mp4") in told
    assert f"--video_root ({root.parent} does)" in told


def test_the_remedy_for_a_link_out_of_the_root_works(root):
    (root / "more").symlink_to(root.parent / "elsewhere")
    assert annotations.check([Clip("elsewhere/b.mp4")], root.parent)


def test_a_folder_with_a_longer_name_is_not_within_the_root(root):
    (root.parent / "root2").mkdir()
    (root.parent / "root2/a.mp4").touch()
    (root / "more").symlink_to(root.parent / "root2")
    assert "leaves the video root" in missing(root, "more/a.mp4")


def test_the_root_itself_may_be_a_link(root):
    (root.parent / "alias").symlink_to(root)
    assert annotations.check([Clip("run/a.mp4")], root.parent / "alias")


def test_a_link_to_nothing_is_told_with_where_it_leads(root):
    (root / "b.mp4").symlink_to("gone.mp4")
    assert "no file" in missing(root, "b.mp4")
    assert "a link to gone.mp4" in missing(root, "b.mp4")


def test_a_folder_is_no_video(root):
    assert "is a folder" in missing(root, "run")


def test_a_pipe_is_no_video(root):
    os.mkfifo(root / "run/pipe.mp4")
    assert "no ordinary file" in missing(root, "run/pipe.mp4")


@pytest.mark.parametrize("path", ["a\0.mp4", "x" * 300, "run/a.mp4/b.mp4"])
def test_a_path_that_cannot_be_looked_up_is_told(root, path):
    assert missing(root, path).startswith("t:7: ")


def test_a_thousand_rows_look_each_video_up_once(root, monkeypatch):
    looked = []
    lstat = os.lstat
    monkeypatch.setattr(os, "lstat", lambda p: looked.append(p) or lstat(p))
    rows = [
        Clip("run/a.mp4", start_seconds=n, end_seconds=n + 1)
        for n in range(1000)
    ]
    assert len(annotations.check(rows, root)) == 1000
    assert len([p for p in looked if str(p).endswith("a.mp4")]) == 1
