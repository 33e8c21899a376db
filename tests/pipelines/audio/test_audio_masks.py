import numpy as np
import pytest
import tensorflow as tf

from pipelines.audio import audio_cut, audio_features, audio_masks
from tests import run_modes

GRID = audio_cut.Grid(16_000, samples=16_000, hop=160)  # 100 columns.
BINS = 30


def hidden(run, seed=0, grid=GRID, **config):
    """bool [columns, bins]: where something is hidden."""
    config = audio_features.Config(features="log_mel", **config)
    hide = audio_masks.build(config, grid)
    values = np.zeros((grid.columns, BINS), np.float32)
    seed = np.array([seed, 0], np.int64)
    found = run(lambda v, s: hide(v, tf.constant(1.0), s), values, seed)
    assert found.shape == values.shape
    return found.numpy() == 1


def runs(line):
    """Lengths of the stretches of True."""
    edges = np.flatnonzero(np.diff(np.r_[False, line, False]))
    return (edges[1::2] - edges[::2]).tolist()


@run_modes.both
def test_time_masks_hide_whole_columns(run):
    found = hidden(run, seed=1, time_masks=1, time_mask_ms=300.0)
    assert np.array_equal(found.any(1), found.all(1))
    (length,) = runs(found.any(1))
    assert 0 < length <= 30


@run_modes.both
def test_frequency_masks_hide_whole_bins(run):
    found = hidden(run, seed=1, frequency_masks=1, frequency_mask_bins=9)
    assert np.array_equal(found.any(0), found.all(0))
    (length,) = runs(found.any(0))
    assert 0 < length <= 9


@pytest.fixture(scope="module")
def many():
    return [
        hidden(
            run_modes.eagerly, seed, frequency_masks=1, frequency_mask_bins=3
        ).any(0)
        for seed in range(100)
    ]


def test_every_width_is_drawn(many):
    widths = [int(line.sum()) for line in many]
    assert all(10 < widths.count(width) < 45 for width in range(4))


def test_every_bin_is_hidden_at_times(many):
    assert np.sum(many, axis=0).min() > 0


def test_several_masks_hide_in_several_places():
    lines = [
        hidden(run_modes.eagerly, seed, time_masks=3, time_mask_ms=50.0).any(1)
        for seed in range(20)
    ]
    assert max(len(runs(line)) for line in lines) == 3


@run_modes.both
def test_mask_longer_than_the_clip_stays_within(run):
    short = audio_cut.Grid(16_000, samples=800, hop=160)
    config = {"time_masks": 2, "time_mask_ms": 1000.0}
    assert hidden(run, grid=short, **config).shape == (5, BINS)


def test_time_and_frequency_are_hidden_independently():
    both = {"time_masks": 1, "frequency_masks": 1}
    pairs = set()
    for seed in range(20):
        found = hidden(run_modes.eagerly, seed, **both)
        pairs.add((runs(found.all(1))[:1] == [], runs(found.all(0))[:1] == []))
    assert len(pairs) > 1


def test_equal_seeds_hide_the_same_everywhere():
    config = {"time_masks": 2, "frequency_masks": 2}
    one, other = (
        hidden(run, seed=5, **config)
        for run in (run_modes.eagerly, run_modes.in_tf_data)
    )
    assert np.array_equal(one, other)
