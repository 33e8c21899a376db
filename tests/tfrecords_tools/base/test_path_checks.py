import pytest

from tfrecords_tools.base import errors, path_checks


def test_lines_that_a_flag_file_gives_back_are_accepted():
    path_checks.check_lines(["--input=a b", "--output= \u00e9"])


@pytest.mark.parametrize(
    "value", ["a\nb", "a ", "a\x85b", "a\u2028b", "\udcff"]
)
def test_lines_that_a_flag_file_would_change_are_refused(value):
    with pytest.raises(errors.UserError, match="--input=.*rename it"):
        path_checks.check_lines(["--other=a", f"--input={value}"])


def test_a_name_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="^--workdir=.*choose a shorter"):
        path_checks.check_length("workdir", tmp_path / ("a" * 256))


def test_room_is_left_for_the_names_that_will_be_written(tmp_path):
    path_checks.check_length("workdir", tmp_path, further=100)
    with pytest.raises(errors.UserError, match="--workdir="):
        path_checks.check_length("workdir", tmp_path, further=4096)
