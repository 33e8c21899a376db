import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import cleaned

RATE = 30
FRAME = 1_000_000 / RATE


def noised(images, sigma, seed=0):
    random = np.random.default_rng(seed)
    return [
        (image + random.normal(0, sigma, image.shape))
        .clip(0, 255)
        .astype(np.uint8)
        for image in images
    ]


def with_freeze(first=20, length=75, after=20):
    """Moves, stands for `length` frames, and moves on."""
    images = cleaned.moving(first + after)
    return images[:first] + [images[first - 1]] * length + images[first:]


def write(folder, images, crf="10"):
    return cleaned.write(folder, images, options={"crf": crf, "g": "30"})


def still(path, **config):
    return cleaned.decided(path, "still", still=config)


@pytest.mark.parametrize("sigma", [0, 2, 5])
@pytest.mark.parametrize("crf", ["10", "23"])
def test_frozen_passage_is_cut_out_to_two_frames(tmp_path, sigma, crf):
    path = write(tmp_path, noised(with_freeze(), sigma), crf)
    decision = still(path, action="cut")
    ((start, end),) = decision.edits.left_out
    assert start / FRAME == pytest.approx(19, abs=2)
    assert end / FRAME == pytest.approx(95, abs=2)
    _, times = cleaned.read(path, decision)
    assert len(times) == pytest.approx(40, abs=2)
    assert not any(start <= time < end for time in times)


def test_first_frame_of_a_frozen_passage_stays(tmp_path):
    path = write(tmp_path, with_freeze())
    _, times = cleaned.read(path, still(path, action="cut"))
    assert round(19 * FRAME) in [pytest.approx(time, abs=2) for time in times]


def test_cut_holds_at_a_chosen_frame_rate(tmp_path):
    path = write(tmp_path, with_freeze())
    decision = still(path, action="cut")
    _, times = cleaned.read(path, decision, frame_rate=10)
    assert times == [
        time
        for time in range(0, 3_833_333, 100_000)
        if not 20 * FRAME <= time < 95 * FRAME
    ]


def test_frozen_passage_is_reported_and_kept(tmp_path):
    decision = still(write(tmp_path, with_freeze()))
    assert decision.columns["still"].startswith("frozen 2.5")
    assert decision.edits.left_out == ()
    assert not decision.dropped


def test_short_stand_is_let_be(tmp_path):
    decision = still(write(tmp_path, with_freeze(length=40)), action="cut")
    assert decision.columns["still"] == "none"


def test_small_thing_that_moves_is_no_freeze(tmp_path):
    """A disc of a twelfth of the height goes about on an image at rest."""
    images = []
    for number in range(90):
        image = cleaned.texture()
        x = 20 + number % 60 * 2
        image[60:72, x : x + 12] = 255
        images.append(image)
    assert still(write(tmp_path, images)).columns["still"] == "none"


def test_blank_passage_is_cut_out(tmp_path):
    images = cleaned.moving(60)
    images[20:40] = noised([np.full_like(images[0], 16)] * 20, 3)
    decision = still(write(tmp_path, images), action="cut")
    ((start, end),) = decision.edits.left_out
    assert start / FRAME == pytest.approx(20, abs=1)
    assert end / FRAME == pytest.approx(40, abs=1)
    assert decision.columns["still"].startswith("blank 0.6")


def test_clip_that_is_blank_throughout_is_dropped(tmp_path):
    images = [np.full((96, 128, 3), 200, np.uint8)] * 90
    decision = still(write(tmp_path, images), action="cut")
    assert decision.dropped == "still: blank from end to end"


@pytest.mark.parametrize("most, dropped", [(0.5, True), (0.8, False)])
def test_clip_is_dropped_where_more_than_a_part_is_still(
    tmp_path, most, dropped
):
    path = write(tmp_path, with_freeze())  # 76 of 115 frames, 66 %.
    decision = still(path, action="drop", most=most)
    assert bool(decision.dropped) == dropped


def test_only_the_clip_is_looked_at(tmp_path):
    path = write(tmp_path, with_freeze())
    config = {"still": {"seconds": 1.0}}
    decision = cleaned.decided(
        path, "still", start=1_000_000, end=2_500_000, **config
    )
    assert decision.columns["still"] == "frozen 1.50 s, 100% still"
