import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models import objective
from video_models.classification import class_weights

LABELS = ("a", "b", "c")


def task(counts=(6, 3, 0), clips=10):
    clip = batch.ClipSpec(frames=2, size=16)
    return objective.Task(clip, LABELS, counts, clips=clips)


@pytest.mark.parametrize(
    "weigh", [class_weights.parse_weights, class_weights.parse_positive_weights]
)
def test_without_a_setting_all_weigh_the_same(weigh):
    assert weigh((), task()) is None


def test_balanced_labels_weigh_the_same_in_sum_and_clips_one_on_average():
    found = class_weights.parse_weights(("balanced",), task())
    assert found[:2].tolist() == [9 / (2 * 6), 9 / (2 * 3)]
    assert np.isfinite(found).all()  # A label that no clip has, too.


def test_balanced_positives_weigh_as_much_as_negatives():
    found = class_weights.parse_positive_weights(("balanced",), task())
    np.testing.assert_allclose(found, [4 / 6, 7 / 3, 10])


def test_given_numbers_are_taken():
    assert class_weights.parse_weights(("1", "0", "2.5"), task()).tolist() == [
        1,
        0,
        2.5,
    ]


@pytest.mark.parametrize("text", ["-1", "inf", "nan", "many", "balanced"])
def test_what_is_no_weight_is_refused(text):
    with pytest.raises(errors.UserError, match="wanted a number of at least 0"):
        class_weights.parse_weights(("1", text, "1"), task())


def test_another_number_of_weights_is_refused():
    with pytest.raises(errors.UserError, match="2 values.*3 labels"):
        class_weights.parse_positive_weights(("1", "1"), task())


def test_balance_of_unknown_counts_is_refused():
    with pytest.raises(errors.UserError, match="build the shards again"):
        class_weights.parse_weights(("balanced",), task(counts=()))
