import pytest

from launch.training import best_step
from tfrecords_tools.base import errors


def _after(*values, name="accuracy", asked=None):
    monitor = best_step.Monitor()
    for number, value in enumerate(values, start=1):
        monitor = monitor.after(10 * number, {name: value, "views": 1}, asked)
    return monitor


def test_highest_accuracy_is_the_best():
    monitor = _after(0.5, 0.7, 0.6)
    assert (monitor.step, monitor.value, monitor.since) == (20, 0.7, 1)
    assert monitor.describe() == "accuracy 0.7000 at step 20"


@pytest.mark.parametrize("name", ["loss", "mean_error"])
def test_lowest_loss_or_error_is_the_best(name):
    assert _after(0.5, 0.7, 0.4, 0.6, name=name, asked=name).step == 30


def test_equal_number_is_no_better():
    assert _after(0.5, 0.5).step == 10


def test_what_is_not_a_number_is_never_best():
    assert _after(float("nan"), 0.1, float("nan")).step == 20


def test_patience_counts_evaluations_since_the_best():
    monitor = _after(0.7, 0.6, 0.6)
    assert monitor.is_over(2) and not monitor.is_over(3)
    assert not monitor.is_over(None)


def test_evaluation_of_the_same_step_counts_once():
    monitor = _after(0.7, 0.6)
    assert monitor.after(20, {"accuracy": 0.1}, None) == monitor


def test_loss_is_watched_where_there_is_no_accuracy():
    assert _after(0.5, name="loss").name == "loss"


def test_report_without_anything_to_watch_has_no_best():
    monitor = _after(0.5, name="other")
    assert monitor.step is None and monitor.evaluated == 10


def test_number_that_is_not_in_the_report_is_refused():
    with pytest.raises(errors.UserError, match="wanted one of accuracy"):
        _after(0.5, asked="top_5")


def test_what_knowing_nothing_reaches_is_not_watched():
    report = {"accuracy": 0.5, "majority_accuracy": 0.5}
    with pytest.raises(errors.UserError, match="one of accuracy$"):
        best_step.find_metric(report, "majority_accuracy")
