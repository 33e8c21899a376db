import csv
import pathlib

import pytest

from tfrecords_tools import annotation_checks
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader
from tfrecords_tools.sources import transcripts

GRID = pathlib.Path(__file__).parents[3].parent / "shared/data/avtext_grid"
ALIGN = "0 15750 sil\r\n15750 21250 bin\r\n21250 25000 blue\r\n25000 74500 sp"
SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Hello</i>
you

2
00:01:00,250 --> 00:01:01,000
Room
101
"""
VTT = """WEBVTT - made by hand

NOTE not said

intro
00:01.000 --> 00:02.500 align:start
<v Ann>Salt &amp; <00:01.500><c>pepper</c>

00:03.000 --> 00:04.000
101
"""
ASS = """[Script Info]
Comment: no event
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not said
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\b1}Later,\\Nit is
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,First
Dialogue: 0,0:00:05.00,0:00:05.00,Default,,0,0,0,,no time
"""


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(data)


def listed(folder, **config):
    settings = transcripts.Config(**config)
    return transcripts.list_clips(settings, str(folder))


def fault(folder, **config):
    with pytest.raises(errors.UserError) as caught:
        listed(folder, **config)
    return str(caught.value)


def test_align_gives_words_in_seconds_without_silence(tmp_path):
    write(tmp_path, s1__a_mpg="", align__a_align=ALIGN)
    (clip,) = listed(tmp_path)
    assert clip.path == "s1/a.mpg" and clip.caption == "bin blue"
    assert clip.words == (("bin", 0.63, 0.85), ("blue", 0.85, 1.0))
    assert clip.start_seconds is None


def test_align_units_may_be_others(tmp_path):
    write(tmp_path, a_mpg="", a_align="0 1500 bin")
    assert listed(tmp_path, align_rate=1000)[0].words == (("bin", 0, 1.5),)


def test_an_align_file_is_one_sentence(tmp_path):
    write(tmp_path, a_mpg="", a_align=ALIGN)
    (clip,) = listed(tmp_path, clips="sentence")
    assert (clip.start_seconds, clip.end_seconds) == (0.63, 1.0)
    assert clip.caption == "bin blue" and len(clip.words) == 2


def test_srt_gives_sentences_without_markup(tmp_path):
    write(tmp_path, a_mp4="", a_srt=SRT)
    (clip,) = listed(tmp_path)
    assert clip.words == (("Hello you", 1.0, 2.5), ("Room 101", 60.25, 61.0))
    assert clip.caption == "Hello you Room 101"


def test_each_subtitle_may_be_a_clip(tmp_path):
    write(tmp_path, a_mp4="", a_srt=SRT)
    clips = annotation_checks.check(
        listed(tmp_path, clips="sentence"), tmp_path
    )
    assert [c.caption for c in clips] == ["Hello you", "Room 101"]
    assert clips[1].start_seconds == 60.25 and len(clips[1].words) == 1
    assert len({clip.split for clip in clips}) == 1


def test_vtt_cues_have_no_notes_names_or_inner_times(tmp_path):
    write(tmp_path, a_mp4="", a_vtt=VTT)
    words = (("Salt & pepper", 1.0, 2.5), ("101", 3.0, 4.0))
    assert listed(tmp_path)[0].words == words


@pytest.mark.parametrize("suffix", ["ass", "ssa"])
def test_ass_comes_in_order_of_time(tmp_path, suffix):
    write(tmp_path, **{"a_mp4": "", f"a_{suffix}": ASS})
    words = (("First", 1.0, 2.5), ("Later, it is", 3.0, 4.0))
    assert listed(tmp_path)[0].words == words


def test_a_byte_order_mark_does_no_harm(tmp_path):
    write(tmp_path, a_mp4="", a_vtt=b"\xef\xbb\xbf" + VTT.encode())
    assert len(listed(tmp_path)[0].words) == 2


def test_another_encoding_may_be_named(tmp_path):
    text = SRT.replace("you", "Jürgen")
    write(tmp_path, a_mp4="", a_srt=text.encode("cp1252"))
    assert fault(tmp_path).startswith("a.srt:4: not UTF-8")
    clip = listed(tmp_path, encoding="cp1252")[0]
    assert clip.words[0].text == "Hello Jürgen"


def test_an_unknown_encoding_is_told(tmp_path):
    assert "unknown encoding" in fault(tmp_path, encoding="utf-9")


def test_texts_stand_beside_in_siblings_or_below(tmp_path):
    write(tmp_path, x__a_mp4="", x__a_srt=SRT)
    write(tmp_path, y__videos__b_mp4="", y__subs__b_srt=SRT)
    write(tmp_path, z__c_mp4="", z__subs__c_srt=SRT)
    origins = [clip.origin for clip in listed(tmp_path)]
    assert origins == ["x/a.srt", "y/subs/b.srt", "z/subs/c.srt"]


def test_folders_of_texts_may_mirror_those_of_videos(tmp_path):
    write(tmp_path, s1__a_mpg="", s2__a_mpg="")
    write(tmp_path, align__s1__a_align=ALIGN, align__s2__a_align="0 9 two")
    assert [c.caption for c in listed(tmp_path)] == ["bin blue", "two"]


def test_the_text_of_another_video_of_equal_name_is_not_taken(tmp_path, capsys):
    write(tmp_path, s1__a_mpg="", s2__a_mpg="", s2__a_align=ALIGN)
    assert [clip.path for clip in listed(tmp_path)] == ["s2/a.mpg"]
    assert "s1/a.mpg" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["t__s1__a_align", "t__a_align"])
def test_the_folder_of_the_texts_may_be_named(tmp_path, name):
    write(tmp_path, v__s1__a_mpg="", **{name: ALIGN})
    texts = str(tmp_path / "t")
    assert len(listed(tmp_path / "v", texts=texts)) == 1


def test_a_language_is_chosen(tmp_path):
    german = SRT.replace("Hello", "Hallo")
    write(tmp_path, a_mp4="", a_en_srt=SRT, a_de_srt=german)
    assert "Hallo" in listed(tmp_path, language="de")[0].caption
    assert "several texts: a.de.srt, a.en.srt" in fault(tmp_path)


def test_the_only_language_needs_no_choice(tmp_path):
    write(tmp_path, a_mp4="", a_en_srt=SRT)
    assert len(listed(tmp_path)) == 1


def test_a_text_without_language_is_preferred(tmp_path, capsys):
    write(tmp_path, a_mp4="", a_en_srt=SRT, a_srt=SRT)
    assert listed(tmp_path)[0].origin == "a.srt"
    assert capsys.readouterr().err == ""


def test_what_has_no_counterpart_is_told(tmp_path, capsys):
    write(tmp_path, a_mp4="", a_srt=SRT, b_mp4="", c_srt=SRT)
    assert [clip.path for clip in listed(tmp_path)] == ["a.mp4"]
    told = capsys.readouterr().err
    assert "1 videos have no text, left out: b.mp4" in told
    assert "1 texts have no video, left out: c.srt" in told


def test_no_text_at_all_is_an_error(tmp_path):
    write(tmp_path, a_mp4="")
    assert "--transcripts.texts" in fault(tmp_path)


@pytest.mark.parametrize(
    "suffix, text, line",
    [
        ("align", "0 9 a\n9 x b", 2),
        ("align", "0 9 a\n9 20", 2),
        ("align", "5 9 a\n8 10 b", 2),
        ("align", "9 5 a", 1),
        ("srt", SRT.replace("00:01:00,250", "00:01:00"), 7),
        ("srt", SRT.replace("00:01:01", "00:00:01"), 7),
        ("srt", "Hello", 1),
        ("srt", "", 1),
        ("vtt", VTT.replace("WEBVTT", "VTT"), 1),
        ("vtt", VTT.replace("00:03.000", "00:03"), 9),
        ("vtt", VTT.replace("101", "00:01.00 or 00:02.00"), 10),
        ("ass", ASS.replace("0:00:04.00", "soon"), 6),
        ("ass", ASS.replace("0:00:04.00", "0:00:02.00"), 6),
        ("ass", ASS.replace("0,,First", "First"), 7),
        ("ass", ASS.replace("[Events]", "[Other]"), 1),
    ],
)
def test_damage_is_told_with_file_and_line(tmp_path, suffix, text, line):
    write(tmp_path, **{"v__a_mp4": "", f"texts__a_{suffix}": text})
    told = fault(tmp_path).splitlines()
    assert [each.partition(": ")[0] for each in told] == [
        f"texts/a.{suffix}:{line}"
    ]


def test_the_damage_of_all_files_is_told_at_once(tmp_path):
    write(tmp_path, a_mp4="", a_align="x", b_mp4="", b_align="0 9 a\ny\nz")
    places = [each.split(" ")[0] for each in fault(tmp_path).splitlines()]
    assert places == ["a.align:1:", "b.align:2:", "b.align:3:"]


@pytest.mark.skipif(not GRID.is_dir(), reason="the GRID sample is not here")
def test_the_real_grid_sample_is_read_as_its_table_says():
    clips = annotation_checks.check(listed(GRID), GRID)
    with open(GRID / "labels.csv", newline="") as stream:
        said = {
            row["clip"]: row["transcript"] for row in csv.DictReader(stream)
        }
    assert {pathlib.Path(c.path).stem: c.caption for c in clips} == said
    assert len(clips) == 40


@pytest.mark.skipif(not GRID.is_dir(), reason="the GRID sample is not here")
def test_the_real_timings_end_with_the_video():
    path = sorted((GRID / "align").iterdir())[0]
    ticks = int(path.read_text().split()[-2])
    video = GRID / "s1" / f"{path.stem}.mpg"
    frames = list(reader.read_frames(video, reader.Config()))
    last = frames[-1].time / 1e6
    assert last < ticks / 25_000 <= last + 0.08


NFC, NFD = "\u00c9p\u00e9e", "E\u0301pe\u0301e"


@pytest.mark.parametrize(
    ("video", "text"),
    [
        (f"{NFC}.mp4", f"{NFD}.srt"),
        (f"{NFD}.mp4", f"{NFC}.en.srt"),
        (f"{NFD}/a.mp4", f"texts/{NFC}/a.srt"),
        (f"{NFD}/a.mp4", f"{NFC}/a.srt"),
    ],
)
@pytest.mark.parametrize("language", ["", "en"])
def test_a_text_of_another_form_is_found(tmp_path, video, text, language):
    text = text.replace(".srt", ".en.srt") if language else text
    text = text.replace(".en.en", ".en")
    write_all(tmp_path, {video: "", text: SRT})
    (clip,) = listed(tmp_path, language=language)
    assert clip.path == video and clip.words


def write_all(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_names_that_only_look_equal_keep_their_texts(tmp_path):
    files = {f"{form}.mp4": "" for form in (NFC, NFD)}
    files |= {f"{NFC}.srt": SRT, f"{NFD}.srt": SRT.replace("Hello", "Good")}
    files |= {f"{form}/a.mp4": "" for form in (NFC, NFD)}
    files |= {f"{NFC}/a.srt": SRT, f"{NFD}/a.srt": SRT.replace("Hello", "Good")}
    write_all(tmp_path, files)
    said = {clip.path: clip.caption.split()[0] for clip in listed(tmp_path)}
    assert said == {
        f"{NFC}.mp4": "Hello",
        f"{NFD}.mp4": "Good",
        f"{NFC}/a.mp4": "Hello",
        f"{NFD}/a.mp4": "Good",
    }


def test_a_video_of_an_odd_name_is_found_by_its_text(tmp_path, plain_video):
    write(tmp_path, a_mp4="", a_srt=SRT, b_srt=SRT, b_wav="", c_vid="")
    (tmp_path / "b.vid").write_bytes(plain_video.read_bytes())
    assert [clip.path for clip in listed(tmp_path)] == ["a.mp4", "b.vid"]


def test_a_link_to_nothing_does_not_stop_the_others(tmp_path):
    write(tmp_path, a_mp4="", a_srt=SRT, b_srt=SRT)
    (tmp_path / "b.mp4").symlink_to("nowhere.mp4")
    (tmp_path / "a.de.srt").symlink_to("nowhere.srt")
    clips = listed(tmp_path)
    absent = {clip.path: bool(clip.absent) for clip in clips}
    assert absent == {"a.mp4": False, "b.mp4": True, "a.de.srt": True}
