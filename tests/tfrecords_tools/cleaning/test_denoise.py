import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import cleaned
from tfrecords_tools.base import errors
from tfrecords_tools.cleaning import denoise

FLAT, EDGE, SIGMA = 100, 180, 8


def noisy(count=12):
    """A square on a flat ground, both at rest, under noise."""
    random = np.random.default_rng(0)
    clean = np.full((96, 128, 3), FLAT, np.uint8)
    clean[24:72, 32:96] = EDGE
    return [
        (clean + random.normal(0, SIGMA, (96, 128, 1)))
        .clip(0, 255)
        .astype(np.uint8)
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    folder = tmp_path_factory.mktemp("noisy")
    return cleaned.write(folder, noisy(), options={"crf": "0"})


def sigma_of(image):
    return float(image[4:20, 4:120].std())


def step_of(image):
    """Height of the square's left edge within two pixels."""
    rows = image[30:66].astype(float).mean(axis=(0, 2))
    return float(rows[33] - rows[30])


def edited(video, **config):
    decision = cleaned.decided(video, "denoise", denoise=config)
    return cleaned.read(video, decision), decision


def test_noise_falls_to_a_third_and_edges_stay(video):
    before, times = cleaned.read(video)
    (after, same_times), _ = edited(video, strength=float(SIGMA))
    assert sigma_of(before[5]) == pytest.approx(SIGMA, abs=1)
    assert sigma_of(after[5]) < SIGMA / 3
    assert step_of(after[5]) > 0.95 * (EDGE - FLAT)
    assert same_times == times


def test_averaging_over_time_halves_noise_and_keeps_edges(video):
    config = {"method": "atadenoise", "strength": float(SIGMA)}
    (after, _), _ = edited(video, **config)
    assert sigma_of(after[5]) < SIGMA / 1.9
    assert step_of(after[5]) > 0.95 * (EDGE - FLAT)


def test_more_strength_takes_more_noise(video):
    (weak, _), _ = edited(video, strength=2.0)
    (strong, _), _ = edited(video, strength=float(SIGMA))
    assert sigma_of(strong[5]) < sigma_of(weak[5])


def test_column_says_what_is_done(video):
    _, decision = edited(video)
    assert decision.columns == {"denoise": "nlmeans, strength 5"}


def test_filter_that_ffmpeg_lacks_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setattr("av.filter.filters_available", {"nlmeans"})
    with pytest.raises(errors.UserError, match="denoise.method=nlmeans"):
        denoise.build(denoise.Config(method="hqdn3d"))


def test_hqdn3d_takes_the_strength(monkeypatch):
    monkeypatch.setattr("av.filter.filters_available", {"hqdn3d"})
    step = denoise.build(denoise.Config(method="hqdn3d", strength=4))
    assert step.verdict(None).filters == ("hqdn3d=4",)
