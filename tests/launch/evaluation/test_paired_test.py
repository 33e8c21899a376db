import numpy as np
import pytest

from launch.evaluation import paired_test


def compare(hits, others, videos=None):
    videos = videos or [str(i) for i in range(len(hits))]
    return paired_test.compare(
        np.array(hits, bool), np.array(others, bool), videos
    )


def test_clips_that_both_get_right_do_not_count():
    assert compare([1, 1, 0], [1, 1, 0]) == (0, 0, 1.0)


def test_the_exact_probability_of_the_sign_test():
    # 5 of 5: 2 * 1/32.
    assert compare([1] * 5, [0] * 5).p_value == pytest.approx(1 / 16)
    # 5 of 6: 2 * 7/64.
    found = compare([1] * 5 + [0], [0] * 5 + [1])
    assert found.p_value == pytest.approx(14 / 64)


def test_six_of_six_are_better_and_five_of_five_may_be_chance():
    assert compare([1] * 6, [0] * 6).is_better
    assert not compare([1] * 5, [0] * 5).is_better
    assert not compare([0] * 6, [1] * 6).is_better


def test_the_clips_of_a_video_count_once():
    assert not compare([1] * 6, [0] * 6, ["a"] * 3 + ["b"] * 3).is_better


def test_thousands_of_clips_are_compared():
    found = compare([1, 0] * 4000, [0, 1] * 4000)
    assert found.p_value == 1.0
