"""Text in pictures: of any script, and never two labels alike."""

import itertools
import struct

import numpy as np
import pytest
from PIL import features

from launch.batch_preview import batch_animation
from launch.reporting import (
    drawing,
    font_coverage,
    fonts,
    reports,
    text_drawing,
    text_runs,
)
from tests.tfrecords_tools.fixtures import emoji

LABELS = (
    "سلام", "خداحافظ", "שלום", "नमस्ते", "क्रिकेट", "สวัสดี", "打篮球", "踢足球",
    "バスケットボール", "バレーボール", "축구", "농구", "Épée",
    "Epee", "ход", "бег", "ελληνικά", "😀", "😢", "\U00013000", "\U00013001",
    emoji.ENGLAND, emoji.SCOTLAND, "\U0001f3f4",
)  # fmt: skip
LONG = (
    "passing American football (in game)",
    "passing American football (not in game)",
)
with_fonts = pytest.mark.skipif(
    len(fonts.faces()) < 2, reason="needs manimgx-fonts and manimgx-fonts-cjk"
)


def drawn(text, width=200):
    picture = np.full((30, width, 3), 255, np.uint8)
    text_drawing.write(picture, text, 4, 20)
    return picture


def test_different_labels_are_drawn_differently():
    pictures = {drawn(label).tobytes() for label in LABELS}
    assert len(pictures) == len(LABELS)


@with_fonts
@pytest.mark.parametrize("label", LABELS[: LABELS.index("\U00013000")])
def test_every_script_has_a_font(label):
    runs = text_runs.split(label)
    assert all(run.face is not None for run in runs)


def test_what_no_font_has_is_a_box_with_its_code():
    (run,) = text_runs.split("\U00013000")
    assert run.face is None
    assert text_drawing._code(run.text) == "13000"
    assert drawn("\U00013000").min() == 0


def test_what_cannot_be_seen_is_drawn_as_its_escape():
    assert (drawn("a\n\x1b\u202e") == drawn(r"a\n\x1b\u202e")).all()


def test_a_flag_that_no_font_has_is_a_box_with_its_letters():
    code = text_drawing._code(emoji.ENGLAND)
    assert code == "1F3F4+gbeng"


def test_a_flag_is_drawn_in_one_piece():
    assert len(text_runs.split(emoji.ENGLAND)) == 1


def test_text_begins_where_it_is_put_and_takes_its_width():
    dark = (drawn("HH") < 128).any((0, 2)).nonzero()[0]
    assert 4 <= dark[0] <= 6
    assert dark[-1] <= 4 + text_drawing.width("HH")


@pytest.mark.parametrize(
    "left, base", [(-10, 5), (190, 40), (500, 20), (0, -9)]
)
def test_what_does_not_fit_is_cut(left, base):
    picture = np.full((30, 200, 3), 255, np.uint8)
    text_drawing.write(picture, "walk", left, base)
    assert picture.shape == (30, 200, 3)


def test_ink_has_its_color():
    picture = np.full((30, 200, 3), 255, np.uint8)
    text_drawing.write(picture, "####", 4, 20, (200, 0, 0))
    red, green = picture[..., 0], picture[..., 1]
    assert red.min() >= 200 and green.min() < 60


@with_fonts
@pytest.mark.skipif(not features.check("raqm"), reason="needs FriBiDi")
def test_arabic_letters_are_joined():
    together = text_drawing.width("سسس")
    assert together < 3 * text_drawing.width("س")


@with_fonts
@pytest.mark.parametrize(
    "text, order",
    [
        ("a سلام b", ["a ", "سلام", " b"]),
        ("سلام دنیا", ["سلام دنیا"]),
        ("1: שלום (2)", ["1: ", "שלום", " (2)"]),
        ("שלום سلام", ["سلام", "שלום "]),
        ("打 a", ["打", " a"]),
        ("סוס 12 כלב", ["כלב", "12 ", "סוס "]),
        ("סוס 0.7, כלב 0.3", ["סוס", " 0.7, ", "כלב", " 0.3"]),
        ("סוס, כלב", ["כלב", ", ", "סוס"]),
    ],
)
def test_runs_stand_in_the_order_of_the_eye(text, order):
    assert [run.text for run in text_runs.split(text)] == order


def test_a_title_has_as_many_lines_as_it_needs():
    title = f"0: {LONG[0]}, {LONG[1]}"
    lines = text_drawing.wrapped(title, 140, 9)
    assert len(lines) > 2 and " ".join(lines) == title
    assert max(map(text_drawing.width, lines)) <= 140


def test_a_word_without_spaces_is_broken_over_lines():
    lines = text_drawing.wrapped("x" * 99, 140, 9)
    assert "".join(lines) == "x" * 99 and len(lines) > 2


def test_titles_of_a_moving_picture_leave_all_frames_the_same_place():
    rows = [{"frames": np.zeros((2, 16, 16, 3), np.uint8)}] * 2
    first, _ = batch_animation.grid(rows, ["a", LONG[1]])
    left, right = np.split(first, 2, axis=1)
    left, right = (
        (half[:, 9:99] == 0).all((1, 2)).argmax() for half in (left, right)
    )
    assert left == right > drawing.LINE


@pytest.mark.parametrize("labels", [LONG, LABELS[:2], LABELS[6:8]])
def test_labels_of_a_confusion_image_are_not_alike(labels):
    picture = reports.confusion_image(np.zeros((2, 2)), labels)
    margin = len(picture) - 2 * 44
    first, second = (
        picture[margin + 44 * row :][:44, :margin].tobytes() for row in (0, 1)
    )
    assert first != second
    first, second = (
        picture[:margin, margin + 44 * column :][:, :44].tobytes()
        for column in (0, 1)
    )
    assert first != second


def test_very_long_labels_of_a_confusion_image_are_cut_apart():
    labels = [f"{'very ' * 40}long {end}" for end in ("one", "two")]
    picture = reports.confusion_image(np.zeros((2, 2)), labels)
    assert len(picture) < 600
    rows = [picture[-88:-44, :100], picture[-44:, :100]]
    assert all((row < 128).any() for row in rows)


def cmap(kind, table):
    """A font file that has nothing but the table."""
    head = struct.pack(">LHHHH", 0x00010000, 1, 0, 0, 0)
    row = struct.pack(">4sLLL", b"cmap", 0, 28, 0)
    return head + row + struct.pack(">HHHHL", 0, 1, 3, 10, 12) + table


def test_coverage_is_read_from_segments(tmp_path):
    numbers = [4, 0, 0, 4, 0, 0, 0]  # Two segments.
    numbers += [0x5A, 0xFFFF, 0, 0x41, 0xFFFF]
    table = struct.pack(f">{len(numbers)}H", *numbers)
    (tmp_path / "a.ttf").write_bytes(cmap(4, table))
    found = font_coverage.read(tmp_path / "a.ttf")
    assert [c for c in "@AZ[" if c in found] == ["A", "Z"]


def test_coverage_is_read_from_groups(tmp_path):
    table = struct.pack(">HHLLL", 12, 0, 0, 0, 1)
    table += struct.pack(">LLL", 0x1F600, 0x1F64F, 1)
    (tmp_path / "a.ttf").write_bytes(cmap(12, table))
    found = font_coverage.read(tmp_path / "a.ttf")
    assert "😀" in found and "a" not in found


def test_pictures_of_letters_are_all_different():
    letters = "".join(map(chr, itertools.chain(range(33, 127))))
    assert len({drawn(letter).tobytes() for letter in letters}) == len(letters)
