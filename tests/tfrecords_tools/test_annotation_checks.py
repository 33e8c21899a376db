import os

import pytest

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base import errors
from tfrecords_tools.source_parsing import video_root

Clip = annotations.Clip


def faults(*clips):
    with pytest.raises(errors.UserError) as caught:
        annotation_checks.check(list(clips))
    return str(caught.value).splitlines()


@pytest.mark.parametrize("name", ["val", "Valid", "dev", "validation"])
def test_other_names_of_validation_mean_it(name):
    (clip,) = annotation_checks.check([Clip("a.mp4", split=name)])
    assert clip.split == "validation"


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
    assert len(annotation_checks.check(clips)) == 2


def test_a_group_in_two_splits_is_refused():
    assert (
        "group 'g'"
        in faults(
            Clip("a.mp4", split="train", group="g"),
            Clip("b.mp4", split="test", group="g"),
        )[0]
    )


def test_no_clips_are_an_error():
    assert faults() == ["no clips: the source listed nothing"]


def test_a_missing_video_is_named_with_its_row(tmp_path):
    with pytest.raises(errors.UserError, match="t:7: no file .*a.mp4"):
        annotation_checks.check([Clip("a.mp4", origin="t:7")], tmp_path)


def test_a_label_with_a_line_break_is_refused():
    assert "line break" in faults(Clip("a.mp4", label="one\ntwo"))[0]


def test_all_faults_of_a_row_stand_in_its_line():
    (told,) = faults(Clip("../a.mp4", "one\n", "tran", origin="t:2"))
    for text in ("leaves the video root", "line break", "'tran'"):
        assert text in told


@pytest.mark.parametrize("path", ["./a/b.mp4", "a//b.mp4", "a/./b.mp4"])
def test_a_path_has_one_spelling(path):
    assert annotation_checks.check([Clip(path)])[0].path == "a/b.mp4"
    told = faults(Clip("a/b.mp4", origin="t:2"), Clip(path, origin="t:3"))
    assert "same clip is at t:2" in told[0]


def test_a_video_in_two_splits_is_refused_whatever_its_groups():
    told = faults(
        Clip("a.mp4", split="train", start_seconds=0),
        Clip("a.mp4", split="test", start_seconds=1, group="g"),
    )
    assert "video 'a.mp4'" in told[0]


def test_a_settled_clip_is_kept_as_it_is():
    clips = annotation_checks.check([Clip("a.mp4", split="train", group="g")])
    assert annotation_checks.check(clips)[0] is clips[0]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root/run").mkdir(parents=True)
    (tmp_path / "root/run/a.mp4").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/b.mp4").touch()
    return tmp_path / "root"


def missing(root, path):
    with pytest.raises(errors.UserError) as caught:
        annotation_checks.check([Clip(path, origin="t:7")], root)
    return str(caught.value)


def test_a_link_within_the_root_is_followed(root):
    (root / "b.mp4").symlink_to("run/a.mp4")
    (root / "walk").symlink_to("run")
    assert annotation_checks.check([Clip("b.mp4"), Clip("walk/a.mp4")], root)


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
    assert annotation_checks.check([Clip("elsewhere/b.mp4")], root.parent)


def test_a_folder_with_a_longer_name_is_not_within_the_root(root):
    (root.parent / "root2").mkdir()
    (root.parent / "root2/a.mp4").touch()
    (root / "more").symlink_to(root.parent / "root2")
    assert "leaves the video root" in missing(root, "more/a.mp4")


def test_the_root_itself_may_be_a_link(root):
    (root.parent / "alias").symlink_to(root)
    assert annotation_checks.check([Clip("run/a.mp4")], root.parent / "alias")


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
    assert len(annotation_checks.check(rows, root)) == 1000
    assert len([p for p in looked if str(p).endswith("a.mp4")]) == 1


NFC, NFD = "\u00c9p\u00e9e", "E\u0301pe\u0301e"


@pytest.mark.parametrize(
    "label",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\u8d70\u308b\u3000\u4eba",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467|\u2764",
    ],
)
def test_labels_of_all_scripts_are_taken(label):
    clip = Clip("a.mp4", label, tasks={"mood": label})
    (clip,) = annotation_checks.check([clip])
    assert (clip.label, clip.tasks) == (label, {"mood": label})


@pytest.mark.parametrize(
    "label", ["a\nb", "a\tb", "a\0", "a\x85b", "a\u2028b", "a\udc80"]
)
def test_labels_with_control_characters_are_refused(label):
    assert "control character" in faults(Clip("a.mp4", label))[0]
    assert "control" in faults(Clip("a.mp4", tasks={"mood": label}))[0]


@pytest.mark.parametrize("label", ["|", " | ", "\u200b", "\ufeff|\u00a0"])
def test_a_label_that_names_nothing_is_refused(label):
    assert "no visible character" in faults(Clip("a.mp4", label))[0]


def test_names_equal_to_the_eye_are_one():
    clips = annotation_checks.check(
        [
            Clip("a.mp4", NFC, group=NFC, tasks={"t": NFD}),
            Clip("b.mp4", NFD, group=NFD, tasks={"t": f"{NFC}|{NFD} "}),
        ]
    )
    assert {(c.label, c.group, c.tasks["t"]) for c in clips} == {(NFC,) * 3}


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        (f"{NFC}/a.mp4", f"{NFD}/a.mp4"),
        (f"{NFD}/a.mp4", f"{NFC}/a.mp4"),
        (f"run/{NFC}.mp4", f"run/{NFD}.mp4"),
        ("b c/a.mp4", "b\u00a0c /a.mp4"),
    ],
)
def test_a_path_finds_the_file_of_another_form(root, asked, there):
    (root / there).parent.mkdir(exist_ok=True)
    (root / there).touch()
    (clip,) = annotation_checks.check([Clip(asked)], root)
    assert clip.path == there


def test_a_path_finds_the_file_in_the_folder_that_has_it(root):
    for folder, name in ((NFC, "a.mp4"), (NFD, "b.mp4")):
        (root / folder).mkdir()
        (root / folder / name).touch()
    clips = annotation_checks.check(
        [Clip(f"{NFC}/a.mp4"), Clip(f"{NFC}/b.mp4")], root
    )
    assert [clip.path for clip in clips] == [f"{NFC}/a.mp4", f"{NFD}/b.mp4"]


def test_one_file_written_in_two_forms_is_one_video(root):
    (root / f"{NFD}.mp4").touch()
    with pytest.raises(errors.UserError, match="same clip is at t:2"):
        rows = [Clip(f"{NFC}.mp4", origin="t:2"), Clip(f"{NFD}.mp4")]
        annotation_checks.check(rows, root)


def test_two_files_that_only_look_equal_are_two_videos(root):
    (root / f"{NFC}.mp4").touch()
    (root / f"{NFD}.mp4").touch()
    clips = annotation_checks.check(
        [Clip(f"{NFC}.mp4"), Clip(f"{NFD}.mp4")], root
    )
    assert [clip.path for clip in clips] == [f"{NFC}.mp4", f"{NFD}.mp4"]
    assert clips[0].group != clips[1].group
    assert "2 look like it" in missing(root, f"\ufeff{NFC}.mp4")


@pytest.mark.parametrize(
    "path", ["run/../run/a.mp4", "../root/run/a.mp4", "./run/x/../a.mp4"]
)
def test_dots_within_the_root_are_resolved(root, path):
    assert annotation_checks.check([Clip(path)], root)[0].path == "run/a.mp4"


def test_dots_after_a_link_stand_for_where_it_leads(root):
    (root / "run/deep").mkdir()
    (root / "link").symlink_to("run/deep")
    found = annotation_checks.check([Clip("link/../a.mp4")], root)
    assert found[0].path == "run/a.mp4"


def test_an_absolute_path_within_the_root_is_taken(root):
    (root.parent / "alias").symlink_to(root)
    for place in (root, root.parent / "alias"):
        for known in (root, root.parent / "alias"):
            clips = [Clip(str(place / "run/a.mp4"))]
            assert annotation_checks.check(clips, known)[0].path == "run/a.mp4"


@pytest.mark.parametrize("path", ["../elsewhere/b.mp4", "run/../../x.mp4"])
def test_dots_that_leave_the_root_are_refused(root, path):
    assert "leaves the video root" in missing(root, path)
    assert "leaves the video root" in missing(root, str(root / path))


FOLLOW = video_root.Config(follow_links=True)


def test_links_out_of_the_root_are_followed_where_allowed(root):
    (root / "more").symlink_to(root.parent / "elsewhere")
    assert "--files.follow_links" in missing(root, "more/b.mp4")
    clips = [
        Clip("more/b.mp4"),
        Clip(str(root / "more/b.mp4"), start_seconds=1),
    ]
    found = annotation_checks.check(clips, root, FOLLOW)
    assert [clip.path for clip in found] == ["more/b.mp4"] * 2


def test_following_links_allows_no_other_way_out(root):
    with pytest.raises(errors.UserError, match="leaves the video root"):
        annotation_checks.check([Clip("../elsewhere/b.mp4")], root, FOLLOW)


def test_rows_without_a_video_may_be_skipped(root):
    (root / "gone.mp4").symlink_to("nowhere.mp4")
    (root / "round.mp4").symlink_to("round.mp4")
    names = ["run/a.mp4", "none.mp4", "gone.mp4", "round.mp4", "x/y.mp4"]
    skip = video_root.Config(missing="skip")
    clips = annotation_checks.check([Clip(name) for name in names], root, skip)
    assert [bool(clip.absent) for clip in clips] == [False] + [True] * 4
    assert "a link to nowhere.mp4" in clips[2].absent


def test_only_rows_without_a_video_are_skipped(root):
    skip = video_root.Config(missing="skip")
    for clip in (Clip("run"), Clip("../x"), Clip("none.mp4", "a\nb")):
        with pytest.raises(errors.UserError):
            annotation_checks.check([clip], root, skip)


@pytest.mark.parametrize(
    "blank",
    [*"\u1160\u115f\u3164\uffa0\u2800\ufe0f", "\u1160|\u2800"],
)
def test_a_label_that_shows_nothing_is_refused(blank):
    clip = annotations.Clip("a.mp4", blank, "train")
    with pytest.raises(errors.UserError, match="no visible character"):
        annotation_checks.check([clip])


def test_a_label_in_a_message_is_shown_as_it_is():
    label = "\U0001f468\u200d\U0001f469\u200d\U0001f467\n"
    clip = annotations.Clip("a.mp4", label, "train")
    with pytest.raises(errors.UserError) as caught:
        annotation_checks.check([clip])
    assert f"label '{label[:-1]}\\n' has a line break" in str(caught.value)
