import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import cleaned
from tfrecords_tools.base import registry
from tfrecords_tools.media import reader
from tfrecords_tools.video_analysis import letterbox

HIGH, WIDE = cleaned.HIGH, cleaned.WIDE


def boxed(images, top=0, bottom=0, left=0, right=0, black=0):
    made = []
    for image in images:
        whole = np.full_like(image, black)
        rows, columns = slice(top, HIGH - bottom), slice(left, WIDE - right)
        whole[rows, columns] = image[rows, columns]
        made.append(whole)
    return made


def cropped(folder, images, **how):
    path = cleaned.write(folder, images, **how)
    decision = cleaned.decided(path, "black_bars")
    return cleaned.read(path, decision)[0], decision


@pytest.mark.parametrize(
    "bars",
    [
        {"top": 20, "bottom": 20},
        {"left": 30, "right": 30},
        {"top": 12, "bottom": 26, "left": 8, "right": 40},
        {"bottom": 18},
    ],
)
@pytest.mark.parametrize("crf", ["4", "30"])
def test_frame_is_cropped_to_its_exact_content(tmp_path, bars, crf):
    images = cleaned.moving(30)
    options = {"crf": crf}
    found, _ = cropped(tmp_path, boxed(images, **bars), options=options)
    edges = {"top": 0, "bottom": 0, "left": 0, "right": 0} | bars
    rows = slice(edges["top"], HIGH - edges["bottom"])
    columns = slice(edges["left"], WIDE - edges["right"])
    wanted = images[15][rows, columns]
    assert found[15].shape == wanted.shape
    off = abs(found[15].astype(int) - wanted).mean()
    assert off < (3 if crf == "4" else 12)


def test_odd_bars_leave_no_black_line(tmp_path):
    bars = {"top": 21, "bottom": 21}
    found, _ = cropped(tmp_path, boxed(cleaned.moving(30), **bars))
    assert found[0].shape[:2] == (HIGH - 44, WIDE)


def test_frame_without_bars_is_let_be(tmp_path):
    found, decision = cropped(tmp_path, cleaned.moving(10))
    assert decision.columns["black_bars"] == "none"
    assert decision.edits.filters == ()
    assert found[0].shape[:2] == (HIGH, WIDE)


def test_dark_scenes_do_not_widen_the_bars(tmp_path):
    """For three of four seconds only the middle is lit."""
    images = cleaned.moving(120)
    for image in images[:90]:
        image[:50] = image[-50:] = image[:, :60] = image[:, -60:] = 0
    bars = {"top": 20, "bottom": 20}
    found, _ = cropped(tmp_path, boxed(images, **bars))
    assert found[0].shape[:2] == (HIGH - 40, WIDE)


def test_bars_of_a_dark_clip_are_cropped(tmp_path):
    images = [image // 5 for image in cleaned.moving(30)]
    bars = {"top": 20, "bottom": 20}
    found, _ = cropped(tmp_path, boxed(images, **bars))
    assert found[0].shape[:2] == (HIGH - 40, WIDE)


def test_lamp_in_the_night_is_not_cropped_to(tmp_path):
    rows, columns = np.ogrid[:HIGH, :WIDE]
    disc = (rows - 70) ** 2 + (columns - 90) ** 2 < 50**2
    image = np.where(disc[..., None], 200, 5).repeat(3, -1).astype(np.uint8)
    _, decision = cropped(tmp_path, [image] * 10)
    assert decision.columns["black_bars"] == "none"


def test_black_clip_is_let_be(tmp_path):
    images = [np.zeros((HIGH, WIDE, 3), np.uint8)] * 10
    _, decision = cropped(tmp_path, images)
    assert decision.columns["black_bars"] == "none"


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_frame_is_cropped_upright(tmp_path, rotation):
    bars = {"top": 20, "bottom": 30}
    images = boxed(cleaned.moving(10), **bars)
    path = cleaned.write(tmp_path, images, rotation=rotation)
    decision = cleaned.decided(path, "black_bars")
    found = cleaned.read(path, decision)[0][5]
    wanted = np.rot90(images[5][20:-30], rotation // 90)
    assert found.shape == wanted.shape
    assert abs(found.astype(int) - wanted).mean() < 3
    high, wide = wanted.shape[:2]
    column = decision.columns["black_bars"]
    assert column.startswith(f"cropped to {wide}x{high} of ")


def test_large_frames_are_measured_to_the_pixel(tmp_path):
    big = [
        np.kron(image, np.ones((5, 5, 1), np.uint8))
        for image in boxed(cleaned.moving(6), top=20, bottom=20)
    ]
    for image in big:
        image[: 5 * 20 + 6] = 0
    path = cleaned.write(tmp_path, big)
    decision = cleaned.decided(path, "black_bars")
    found = cleaned.read(path, decision, short_side=None)[0]
    assert found[0].shape[:2] == (5 * HIGH - 206, 5 * WIDE)


def test_narrow_bars_stay_where_asked(tmp_path):
    path = cleaned.write(tmp_path, boxed(cleaned.moving(10), top=8, bottom=8))
    config = {"least": 0.2}
    decision = cleaned.decided(path, "black_bars", black_bars=config)
    assert decision.columns["black_bars"] == "none"


def test_size_that_changes_within_is_not_cropped(monkeypatch):
    step = registry.choose("tfrecords_tools.cleaning", "black_bars").build()
    for side in (64, 96):
        step.examine(_Look(np.full((side, side), 50, np.uint8)))
    verdict = step.verdict(
        reader.VideoMetadata("h264", 64, 64, 30, 0, False, 1)
    )
    assert verdict.column == "size changes within: not cropped"


class _Look:
    def __init__(self, gray):
        self._gray = gray

    def gray(self, short_side=None):
        return self._gray


def test_box_is_in_pixels_of_the_frame():
    brightest = np.zeros((100, 200), np.uint8)
    brightest[10:90, 40:160] = 100
    assert letterbox.find_image(brightest, 24) == (40, 10, 160, 90)
