import pathlib

import pytest

from tfrecords_tools.source_parsing import paired_texts

Path = pathlib.PurePath


def paired(tmp_path, *texts, videos=("s1/a.mp4",), language=""):
    for name in texts:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    known = None if videos is None else [Path(video) for video in videos]
    return paired_texts.PairedTexts(tmp_path, known, (".srt",), language)


@pytest.mark.parametrize(
    "text",
    [
        "s1/a.srt",
        "s1/A.SRT",
        "s1/a.en.srt",
        "texts/s1/a.srt",
        "texts/a.srt",
        "s1/texts/a.srt",
    ],
)
def test_a_text_near_the_video_is_found(tmp_path, text):
    if text == "s1/A.SRT":
        text = "s1/a.SRT"
    found = paired(tmp_path, text).find(Path("s1/a.mp4"))
    assert found == Path(text)


def test_the_nearest_text_is_taken(tmp_path):
    texts = paired(tmp_path, "texts/s1/a.srt", "s1/a.srt")
    assert texts.find(Path("s1/a.mp4")) == Path("s1/a.srt")


def test_a_text_in_a_folder_of_another_name_is_not_taken(tmp_path):
    assert paired(tmp_path, "s2/deeper/a.srt").find(Path("s1/a.mp4")) is None


def test_a_text_of_another_video_is_not_taken(tmp_path):
    texts = paired(tmp_path, "s2/a.srt", videos=("s1/a.mp4", "s2/a.mp4"))
    assert texts.find(Path("s1/a.mp4")) is None


@pytest.mark.parametrize(
    "language, wanted", [("", "a.srt"), ("en", "a.en.srt"), ("fr", None)]
)
def test_a_language_is_taken_as_asked(tmp_path, language, wanted):
    texts = paired(
        tmp_path, "a.srt", "a.en.srt", videos=("a.mp4",), language=language
    )
    found = texts.find(Path("a.mp4"))
    assert found == (wanted and Path(wanted))


def test_several_texts_are_refused_with_their_names(tmp_path):
    texts = paired(tmp_path, "a.en.srt", "a.de.srt", videos=("a.mp4",))
    with pytest.raises(ValueError, match="a.mp4: has several texts: a.de.srt"):
        texts.find(Path("a.mp4"))


def test_a_folder_of_texts_alone_is_looked_through_from_within(tmp_path):
    texts = paired(tmp_path, "a.srt", "s1/b.srt", videos=None)
    assert texts.find(Path("s1/b.mp4")) == Path("s1/b.srt")
    assert texts.find(Path("s1/a.mp4")) == Path("a.srt")


def test_texts_that_fit_no_video_are_left_over(tmp_path):
    texts = paired(tmp_path, "s1/a.srt", "s1/b.srt")
    texts.find(Path("s1/a.mp4"))
    assert texts.left_over() == ["s1/b.srt"]
