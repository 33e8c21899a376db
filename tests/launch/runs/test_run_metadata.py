import pytest

from launch.runs import run_metadata
from tfrecords_tools.base import errors
from video_models.weights import recorded_metadata


def test_other_reference_is_refused_also_where_the_first_version_wrote():
    then = recorded_metadata.upgrade({"step": 2, "taught_by": "a"})
    run_metadata.check_reference(then, {"reference_fingerprint": "a"}, "RUN")
    with pytest.raises(errors.UserError, match="RUN was started with another"):
        run_metadata.check_reference(
            then, {"reference_fingerprint": "b"}, "RUN"
        )
