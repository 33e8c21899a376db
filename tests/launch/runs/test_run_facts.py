import pytest

from launch.runs import run_facts
from tfrecords_tools.base import errors
from video_models.weights import recorded_facts


def test_facts_of_the_first_version_get_the_names_of_this_one():
    old = {"step": 2, "watch": {"step": 1}, "taught_by": "a"}
    assert recorded_facts.upgrade(old) == {
        "step": 2,
        "monitor": {"step": 1},
        "reference_fingerprint": "a",
    }


def test_facts_of_a_later_version_are_refused():
    later = {"step": 2, "format_version": recorded_facts.FORMAT_VERSION + 1}
    with pytest.raises(errors.UserError, match="step 2 has format version 3"):
        recorded_facts.upgrade(later)


def test_other_reference_is_refused_also_where_the_first_version_wrote():
    then = recorded_facts.upgrade({"step": 2, "taught_by": "a"})
    run_facts.check_reference(then, {"reference_fingerprint": "a"}, "RUN")
    with pytest.raises(errors.UserError, match="RUN was begun with another"):
        run_facts.check_reference(then, {"reference_fingerprint": "b"}, "RUN")
