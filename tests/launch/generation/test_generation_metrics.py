import numpy as np
import pytest

from launch.generation import generation_metrics

RANDOM = np.random.default_rng(0)
FEATURES = np.float32(RANDOM.normal(size=(20, 4)))


def clips(features, asked=None, recognised=None):
    asked = np.full(len(features), -1) if asked is None else np.array(asked)
    seen = None if recognised is None else np.array(recognised)
    return generation_metrics.ClipSet(features, asked, seen)


def test_reference_itself_is_perfect():
    found = generation_metrics.compute(clips(FEATURES), clips(FEATURES), 3)
    assert found["frechet_distance"] == pytest.approx(0, abs=1e-9)
    assert found["precision"] == found["recall"] == 1
    assert found["diversity"] == pytest.approx(1)
    assert "recognised" not in found


def test_share_of_recognised_clips_is_told_in_all_and_of_each_label():
    seen = clips(FEATURES[:5], [0, 0, 1, 1, 1], [0, 1, 1, 1, 0])
    found = generation_metrics.compute(
        clips(FEATURES), seen, 3, ("up", "down", "never")
    )
    assert found["recognised"] == 3 / 5
    assert found["recognised/up"] == 1 / 2
    assert found["recognised/down"] == pytest.approx(2 / 3)
    assert "recognised/never" not in found


def test_clips_without_a_label_are_not_counted():
    seen = clips(FEATURES[:5], [0, -1, -1, 0, 0], [0, 1, 1, 1, 0])
    found = generation_metrics.compute(clips(FEATURES), seen, 3, ("up", "down"))
    assert found["recognised"] == pytest.approx(2 / 3)
