import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import cleaned

MEAN = 110


def write(folder, level, high=cleaned.HIGH, count=20):
    """A texture darkened to a mean of `level`, between bars if it is low."""
    images = []
    for image in cleaned.moving(count):
        dark = (image * (level / image.mean())).clip(0, 255)
        bar = (cleaned.HIGH - high) // 2
        dark[:bar] = dark[cleaned.HIGH - bar :] = 0
        images.append(dark.astype(np.uint8))
    return cleaned.write(folder, images)


def luma(image):
    return float((image @ (0.299, 0.587, 0.114)).mean())


def test_dark_clip_is_reported_and_stays_as_it_is(tmp_path):
    decision = cleaned.decided(write(tmp_path, 20), "low_light")
    kind, measure = decision.columns["low_light"].split(", mean ")
    assert kind == "dark"
    assert float(measure) == pytest.approx(20, abs=1)
    assert not decision.dropped
    assert decision.edits.retouches == ()


def test_light_clip_is_let_be(tmp_path):
    config = {"action": "brighten"}
    decision = cleaned.decided(
        write(tmp_path, 100), "low_light", low_light=config
    )
    assert decision.columns["low_light"].startswith("mean ")
    assert decision.edits.retouches == ()


def test_dark_clip_is_dropped_with_the_reason(tmp_path):
    config = {"action": "drop"}
    decision = cleaned.decided(
        write(tmp_path, 20), "low_light", low_light=config
    )
    assert decision.dropped.startswith("dark: mean ")
    assert decision.dropped.endswith("is below 40")


@pytest.mark.parametrize("target", [70.0, 90.0])
def test_dark_clip_is_brightened_to_the_target(tmp_path, target):
    path = write(tmp_path, 20)
    config = {"action": "brighten", "target": target}
    decision = cleaned.decided(path, "low_light", low_light=config)
    images, _ = cleaned.read(path, decision)
    mean = np.mean([luma(image) for image in images])
    assert mean == pytest.approx(target, abs=2.5)


def test_one_gamma_serves_the_whole_clip(tmp_path):
    """Frames of two kinds of light stay of two kinds: nothing flickers."""
    images = [
        np.full((96, 128, 3), 30 if n % 2 else 10, np.uint8) for n in range(20)
    ]
    path = cleaned.write(tmp_path, images)
    config = {"action": "brighten"}
    decision = cleaned.decided(path, "low_light", low_light=config)
    levels = [luma(image) for image in cleaned.read(path, decision)[0]]
    assert np.ptp(levels[::2]) < 2
    assert np.ptp(levels[1::2]) < 2
    assert levels[1] - levels[0] > 20


def test_gamma_has_a_limit(tmp_path):
    path = write(tmp_path, 5)
    config = {"action": "brighten", "gamma": 0.8}
    decision = cleaned.decided(path, "low_light", low_light=config)
    assert decision.columns["low_light"].endswith("gamma 0.800")


def test_percentile_is_measured_where_it_is_asked_for(tmp_path):
    images = []
    for image in cleaned.moving(4):
        image[:] = 20
        image[:40] = 200  # 28 % of the image.
        images.append(image)
    path = cleaned.write(tmp_path, images)
    for percentile, wanted in ((50, 20), (90, 200)):
        config = {"percentile": percentile}
        decision = cleaned.decided(path, "low_light", low_light=config)
        found = float(decision.columns["low_light"].split()[-1])
        assert found == pytest.approx(wanted, abs=3)


def test_black_bars_are_not_taken_for_darkness(tmp_path):
    path = write(tmp_path, 60, high=72)
    decision = cleaned.decided(path, "low_light")
    assert decision.columns["low_light"].startswith("mean ")


def test_colors_grow_with_the_light(tmp_path):
    image = np.zeros((96, 128, 3), np.uint8)
    image[:] = (40, 12, 12)
    path = cleaned.write(tmp_path, [image] * 4)
    config = {"action": "brighten", "target": 60.0}
    decision = cleaned.decided(path, "low_light", low_light=config)
    before = cleaned.read(path)[0][0].mean(axis=(0, 1))
    after = cleaned.read(path, decision)[0][0].mean(axis=(0, 1))
    assert after[0] - after[1] > 1.5 * (before[0] - before[1])
